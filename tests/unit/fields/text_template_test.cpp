#include "fields/text_template.hpp"

#include "fields/field_text.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using fields::TextTemplate;
using Texts = std::vector<std::string>;

namespace {

std::optional<std::string> lookup(const std::string& name) {
    return name == "code" ? std::optional<std::string>("sh010") : std::nullopt;
}

}  // namespace

TEST_CASE("values stand where their names stood", "[fields][text_template]") {
    Texts missing;
    CHECK(TextTemplate("{code}: {{{code}}} {desc|none}{step|}").render(lookup, &missing) == "sh010: {sh010} none");
    CHECK(missing.empty());
    CHECK(TextTemplate("a{gone}b").render(lookup, &missing) == "ab");
    CHECK(missing == Texts{"gone"});
    CHECK(TextTemplate("{a}{b|x}{a}").names() == Texts{"a", "b"});
    CHECK(TextTemplate("").render(lookup).empty());
}

TEST_CASE("braces that do not pair are refused", "[fields][text_template]") {
    for (const char* text : {"{", "}", "{a", "a}", "{a{b}}", "{}", "{|x}"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(TextTemplate(text), std::invalid_argument);
    }
}

TEST_CASE("a value's text is what people would write", "[fields][field_text]") {
    const auto text = [](const char* value) { return fields::text_of(foley::json::parse(value)).value_or("(none)"); };
    CHECK(text("null") == "(none)");
    CHECK(text("\"\"") == "(none)");
    CHECK(text("12") == "12");
    CHECK(text("true") == "yes");
    CHECK(text(R"({"type":"Shot","id":4,"name":"sh010"})") == "sh010");
    CHECK(text(R"({"type":"Shot","id":4})") == "4");
    CHECK(text(R"([{"id":4,"name":"Ann"},{"id":5,"name":"Jane"}])") == "Ann, Jane");
    CHECK(text("[]") == "(none)");
}
