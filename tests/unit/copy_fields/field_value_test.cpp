#include "copy_fields/field_value.hpp"

#include <catch2/catch.hpp>

using namespace copy_fields;
namespace json = foley::json;

namespace {

std::string of(const char* value, const char* type) {
    return for_field(json::parse(value), type);
}
bool same(const char* present, const char* wanted) {
    return is_same(json::parse(present), json::parse(wanted));
}

}  // namespace

TEST_CASE("a value takes the form of its field", "[copy_fields][field_value]") {
    CHECK(of(R"({"type":"Shot","id":4,"name":"sh010"})", "entity") == R"({"type":"Shot","id":4})");
    CHECK(of(R"({"type":"Shot","id":4,"name":"sh010"})", "multi_entity") == R"([{"type":"Shot","id":4}])");
    CHECK(of(R"({"type":"Shot","id":4,"name":"sh010"})", "text") == "\"sh010\"");
    CHECK(of("null", "multi_entity") == "[]");
    CHECK(of("null", "text") == "null");
    CHECK(of("5.6", "number") == "6");
    CHECK(of("5.5", "float") == "5.5");
    CHECK(of("5.25", "currency") == "5.25");
    CHECK(of("5", "text") == "\"5\"");
    CHECK(of("\"2026-03-31T15:26:16Z\"", "date") == "\"2026-03-31\"");
    CHECK(of("true", "checkbox") == "true");
}

TEST_CASE("what is the same need not be written", "[copy_fields][field_value]") {
    CHECK(same("5", "5.0"));
    CHECK_FALSE(same("5", "6"));
    CHECK(same("null", "\"\""));
    CHECK(same("[]", "null"));
    CHECK_FALSE(same("null", "0"));
    CHECK(same(R"({"type":"Shot","id":4,"name":"x"})", R"({"type":"Shot","id":4})"));
    CHECK_FALSE(same(R"({"type":"Shot","id":4})", R"({"type":"Asset","id":4})"));
    CHECK(same(R"([{"type":"Shot","id":4},{"type":"Shot","id":5}])",
               R"([{"type":"Shot","id":5},{"type":"Shot","id":4}])"));
    CHECK_FALSE(same(R"([{"type":"Shot","id":4}])", "[]"));
}

TEST_CASE("what does not fit is known before it is written", "[copy_fields][field_value]") {
    CHECK(fits("number", "float"));
    CHECK(fits("date_time", "date"));
    CHECK(fits("entity", "text"));
    CHECK(fits("list", "status_list"));
    CHECK_FALSE(fits("text", "number"));
    CHECK_FALSE(fits("date", "date_time"));
    CHECK_FALSE(fits("multi_entity", "entity"));
}
