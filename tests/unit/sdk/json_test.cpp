#include <foley/json.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace foley;

TEST_CASE("JSON is read with its texts, numbers and nesting", "[sdk][json]") {
    const std::string text = R"({"a": {"b": [1, {"c": "déjà"}]}, "n": null})";
    const json::Document document = json::parse(text);
    CHECK(json::text_or_empty(document, "a", "b", 1, "c") == "déjà");
    CHECK(json::integer(json::find(document, "a", "b", 0)) == 1);
    CHECK(json::find(document, "n").IsNull());
}

TEST_CASE("a step that leads nowhere finds a null", "[sdk][json]") {
    const json::Document document = json::parse(R"({"a": [1]})");
    CHECK(json::find(document, "b", "c", 3).IsNull());
    CHECK(json::find(document, "a", 1).IsNull());
    CHECK(json::find(document, "a", "x").IsNull());
    CHECK(json::find(document, 0).IsNull());
    CHECK(json::text_or_empty(document, "a", 0).empty());
}

TEST_CASE("an error in JSON says line and column", "[sdk][json]") {
    try {
        static_cast<void>(json::parse("{\n  \"a\": 1,\n  oops\n}"));
        FAIL("it should not parse");
    } catch (const json::ParseError& error) {
        CHECK(error.line() == 3);
        CHECK(error.column() == 3);
        CHECK(std::string(error.what()) == "not valid JSON, line 3, column 3: Missing a name for object member.");
    }
}

TEST_CASE("what is not one JSON text is refused", "[sdk][json]") {
    const std::string with_nul("{}\0x", 4);
    for (const std::string& text : {std::string(), std::string("{} {}"), std::string("[1,]"), std::string("\"\xff\""),
                                    std::string("{\"a\":\"\\ud800\"}"), std::string("nul"), with_nul}) {
        CAPTURE(text);
        CHECK_THROWS_AS(json::parse(text), json::ParseError);
    }
}

TEST_CASE("nesting is allowed to its limit and refused beyond, whatever the depth", "[sdk][json]") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK_NOTHROW(json::parse(nested(json::kMaxDepth)));
    CHECK_THROWS_WITH(json::parse(nested(json::kMaxDepth + 1)), Catch::Contains("nested deeper than 256"));
    CHECK_THROWS_AS(json::parse(std::string(3'000'000, '[')), json::ParseError);
    std::string objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    CHECK_THROWS_AS(json::parse(objects), json::ParseError);
    CHECK_NOTHROW(json::parse("[[1]]", 2));
    CHECK_THROWS_AS(json::parse("[[1]]", 1), json::ParseError);
}

TEST_CASE("parsing can say where objects stand in the text", "[sdk][json]") {
    const std::string text = R"( {"list": [ {"a": {"b": "}"}} , {}, 5, [{"deeper": 1}]], "other": {"at": "level 1"}} )";
    const auto at_level = [&text](std::size_t level) {
        std::vector<json::Span> spans{{1, 2}};  // of before
        static_cast<void>(json::parse(text, json::kMaxDepth, level, spans));
        std::vector<std::string> out;
        for (const auto& span : spans)
            out.push_back(text.substr(span.begin, span.size));
        return out;
    };
    CHECK(at_level(0) == std::vector<std::string>{text.substr(1, text.size() - 2)});
    CHECK(at_level(1) == std::vector<std::string>{R"({"at": "level 1"})"});
    CHECK(at_level(2) == std::vector<std::string>{R"({"a": {"b": "}"}})", "{}"});
    CHECK(at_level(3) == std::vector<std::string>{R"({"b": "}"})", R"({"deeper": 1})"});
    CHECK(at_level(9).empty());
}

TEST_CASE("a value is told as text whatever it is", "[sdk][json]") {
    const json::Document document = json::parse(R"(["x", 12, 1.5, true, null, {"a": [1]}, -3, 1e300])");
    const std::vector<std::string> expected{"x", "12", "1.5", "true", "", R"({"a":[1]})", "-3", "1e300"};
    for (std::size_t i = 0; i < expected.size(); ++i)
        CHECK(json::to_text(json::element(document, i)) == expected[i]);
}

TEST_CASE("a whole number is one that has no fraction and fits", "[sdk][json]") {
    const json::Document document =
        json::parse(R"([5, 5.0, 5.5, "5", 1e18, 18446744073709551615, -9223372036854775808])");
    CHECK(json::integer(json::element(document, 0)) == 5);
    CHECK(json::integer(json::element(document, 1)) == 5);
    CHECK_FALSE(json::integer(json::element(document, 2)));
    CHECK_FALSE(json::integer(json::element(document, 3)));
    CHECK_FALSE(json::integer(json::element(document, 4)));
    CHECK_FALSE(json::integer(json::element(document, 5)));
    CHECK(json::integer(json::element(document, 6)) == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("asking a value for what it is not throws, and does not end the process", "[sdk][json]") {
    const json::Document document = json::parse(R"({"a": 1})");
    CHECK_THROWS_AS(document["a"].GetString(), json::Misuse);
    CHECK_THROWS_AS(document["missing"].IsNull(), json::Misuse);
    CHECK_THROWS_AS(document["a"]["b"].IsNull(), json::Misuse);
}

TEST_CASE("a text becomes a JSON string, quotes and control characters included", "[sdk][json]") {
    CHECK(json::quote("a\"b\n\x01") == R"("a\"b\n\u0001")");
    CHECK(json::quote("") == "\"\"");
}
