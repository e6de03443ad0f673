#include "copy_fields/expression.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>

using namespace copy_fields;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;
namespace json = foley::json;

namespace {

const Tables kTables{{"rate", {{"USD", 0.5}, {"EUR", 1}}}};

// What comes out, as text: "empty", "5", "'a text'", or the failure.
std::string shown(const std::string& text, const std::string& entity = "{}") {
    const Expression expression(text, kTables);
    const auto result = expression.evaluate(json::parse(entity));
    if (std::holds_alternative<std::monostate>(result)) return "empty";
    if (const auto* failure = std::get_if<Failure>(&result)) return expression.explain(*failure);
    if (std::holds_alternative<std::string>(result)) return fmt::format("'{}'", text_of(result));
    return text_of(result);
}

std::string refused(const std::string& text) {
    try {
        const Expression expression(text, kTables);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "accepted";
}

std::string repeated(const std::string& part, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += part;
    return all;
}

}  // namespace

TEST_CASE("expressions calculate as people do", "[copy_fields][expression]") {
    CHECK(shown("1 + 2 * 3") == "7");
    CHECK(shown("(1 + 2) * 3") == "9");
    CHECK(shown("10 - 4 - 3") == "3");
    CHECK(shown("24 / 4 / 2") == "3");
    CHECK(shown("-2 * -(3 - 5)") == "-4");
    CHECK(shown("2 - -- 3") == "-1");
    CHECK(shown(".5 + 1.5e1") == "15.5");
    CHECK(shown("0.1 + 0.2") == "0.3");
    CHECK(shown("-0") == "0");
    CHECK(shown("out - in + 1", R"({"in":1001,"out":1100})") == "100");
    CHECK(shown("sg_sequence.Sequence.sg_offset*2", R"({"sg_sequence.Sequence.sg_offset":4})") == "8");
    CHECK(shown("flag + 1", R"({"flag":true})") == "2");
    // A list's value, or a text, that is a number.
    CHECK(shown("amount * rate_of_it", R"({"amount":10,"rate_of_it":"1.25"})") == "12.5");
}

TEST_CASE("expressions know some functions, and tables from the settings", "[copy_fields][expression]") {
    CHECK(shown("round(2.5) + round(-2.5)") == "0");
    CHECK(shown("round(2.345, 2)") == "2.35");
    CHECK(shown("floor(2.9)") == "2");
    CHECK(shown("ceil(49 / 24 * 1000)") == "2042");
    // Not 8: what is lost in the sixteenth digit is no frame.
    CHECK(shown("ceil(7 / 24 * 24)") == "7");
    CHECK(shown("ceil(0.1 * 3 * 10)") == "3");
    CHECK(shown("min(3, 1, 2) + max(1, 2) * abs(-10)") == "21");
    CHECK(shown("timecode(86425, 24)") == "'01:00:01:01'");
    CHECK(shown("drop_timecode(1800, 29.97)") == "'00:01:00;02'");
    CHECK(shown("frames('01:00:00:00', 24) + frames(\"00:00:01:00\", 25)") == "86425");
    CHECK(shown("10 * rate(currency)", R"({"currency":"USD"})") == "5");
    CHECK_THAT(shown("10 * rate(currency)", R"({"currency":"GBP"})"),
               Contains("column 6: the table rate has no \"GBP\""));
}

TEST_CASE("what is empty makes all empty, but for or", "[copy_fields][expression]") {
    CHECK(shown("a + 1") == "empty");
    CHECK(shown("a + 1", R"({"a":null})") == "empty");
    CHECK(shown("a + 1", R"({"a":""})") == "empty");
    CHECK(shown("max(a, 1)") == "empty");
    CHECK(shown("rate(a)") == "empty");
    CHECK(shown("or(a, 1) + 1") == "2");
    CHECK(shown("or(a, b, '')") == "empty");
    CHECK(shown("or(a, b / 0)", R"({"a":5,"b":1})") == "5");
    CHECK_THAT(shown("or(b / 0, a)", R"({"a":5,"b":1})"), Contains("division by zero"));
    // A failure is not hidden by another field that is empty.
    CHECK_THAT(shown("a + 1 / 0"), Contains("division by zero"));
}

TEST_CASE("what cannot be calculated says where", "[copy_fields][expression]") {
    CHECK_THAT(shown("a / b", R"({"a":1,"b":0})"), Equals("expression \"a / b\": column 3: division by zero."));
    CHECK_THAT(shown("a / b", R"({"a":0,"b":0})"), Contains("division by zero"));
    CHECK_THAT(shown("1 + code", R"({"code":"sh010"})"), Contains("column 3: \"sh010\" is no number"));
    CHECK_THAT(shown("1 + code", R"({"code":{"type":"Shot","id":1}})"), Contains("column 5: code is neither"));
    CHECK_THAT(shown("timecode(1.5, 24)"), Contains("no whole number of frames"));
    CHECK_THAT(shown("timecode(1e15, 24)"), Contains("more than 99 hours"));
    CHECK_THAT(shown("frames('x', 24)"), Contains("no timecode"));
    CHECK_THAT(shown("round(1, 99)"), Contains("0 to 9 digits"));
}

TEST_CASE("numbers that are none, or too large, go no further", "[copy_fields][expression]") {
    for (const char* text : {"inf", "-inf", "nan", "infinity", "1e999", "0x10", "1,5", "1 2", "--1"}) {
        CAPTURE(text);
        CHECK_THAT(shown("a * 1", fmt::format(R"({{"a":"{}"}})", text)), Contains("is no number"));
    }
    CHECK(shown("a - 1", R"({"a":9007199254740992})") == "9007199254740991");
    for (const char* number : {"9007199254740993000", "18446744073709551615", "-9007199254740994", "1e300"}) {
        CAPTURE(number);
        CHECK_THAT(shown("a * 1", fmt::format(R"({{"a":{}}})", number)), Contains("too large to calculate with"));
    }
    CHECK_THAT(shown("a * 1", R"({"a":"9007199254740994"})"), Contains("too large to calculate with"));
    // Beyond what a double holds, by way of what it does.
    const auto product = "a" + repeated("*a", 40);
    CHECK_THAT(shown(product, R"({"a":9000000000000000})"), Contains("the result is too large"));
    CHECK_THAT(shown("0 *(" + product + ")", R"({"a":9000000000000000})"), Contains("the result is too large"));
}

TEST_CASE("an expression that makes no sense is refused with its column", "[copy_fields][expression]") {
    CHECK_THAT(refused("a +"), Equals("expression \"a +\": column 4: a field, a number or \"(\" is missing."));
    CHECK_THAT(refused(""), Contains("column 1: a field"));
    CHECK_THAT(refused("a b"), Contains("column 3: an operator is missing"));
    CHECK_THAT(refused("(a + b"), Contains("column 1: this \"(\""));
    CHECK_THAT(refused("a + b)"), Contains("column 6: this \")\" closes nothing"));
    CHECK_THAT(refused("a * * b"), Contains("column 5: a field"));
    CHECK_THAT(refused("2a"), Contains("column 1: \"2a\" is no number"));
    CHECK_THAT(refused("1..2"), Contains("is no number"));
    CHECK_THAT(refused("'a"), Contains("column 1: this text is not closed"));
    CHECK_THAT(refused("a % b"), Contains("column 3: an operator is missing"));
    CHECK_THAT(refused("sg_x.code"), Contains("column 1: \"sg_x.code\" does not say the type"));
    CHECK_THAT(refused("1 + a..b"), Contains("column 5: \"a..b\" is no field"));
    CHECK_THAT(refused("1 + sqrt(2)"),
               Contains("column 5: there is no function and no table sqrt. Functions are abs,"));
    CHECK_THAT(refused("round()"), Contains("round takes 1 to 2 of them, not 0"));
    CHECK_THAT(refused("timecode(1)"), Contains("timecode takes 2 of them, not 1"));
    CHECK_THAT(refused("rate(a, b)"), Contains("rate takes 1 of them, not 2"));
    CHECK_THAT(refused("min(1, )"), Contains("column 8: a field"));
    CHECK_THAT(refused("min(1 2)"), Contains("column 7: \",\" or \")\" is missing in min"));
    CHECK_THAT(refused("a + \xC3\xA9"), Contains("column 5: a field"));
    CHECK(refused(std::string("a\0+ b", 5)) != "accepted");
    CHECK_THAT(refused("9007199254740993.0e3"), Contains("too large to calculate with"));
    CHECK_THAT(refused("1e999"), Contains("is no number"));
}

TEST_CASE("no expression is too deep or too long for the parser", "[copy_fields][expression]") {
    CHECK(shown(repeated("(", 32) + "1" + repeated(")", 32)) == "1");
    CHECK_THAT(refused(repeated("(", 33) + "1" + repeated(")", 33)),
               Contains("column 33: it is nested deeper than 32"));
    CHECK_THAT(refused(repeated("(", 1900)), Contains("nested deeper"));
    CHECK_THAT(refused(repeated("abs(", 400)), Contains("nested deeper"));
    CHECK_THAT(refused(repeated("(", 1'000'000)), Contains("longer than 2000"));
    CHECK_THAT(refused(repeated("-", 1'000'000) + "1"), Contains("longer than 2000"));
    CHECK(shown(repeated("-", 1998) + "1") == "1");
    CHECK(shown("1" + repeated("+1", 999)) == "1000");
    CHECK_THAT(refused("max(1" + repeated(",1", 16) + ")"), Contains("max takes 1 to 16"));
}

TEST_CASE("whatever is written, it is calculated or refused", "[copy_fields][expression]") {
    constexpr std::array<const char*, 34> kWords{
        "+",     "-",   "*",     "/",        "(",     ")",   ",",      "a",         "b",    "c",       "0", "1",
        "1e15",  "0.5", "1e308", "'x'",      "\"7\"", "or(", "round(", "timecode(", "min(", "frames(", "'", "\"",
        "rate(", "..",  "a.B.c", "\xF0\x9F", "\x01",  " ",   "abs(",   "ceil(",     "inf",  "nan"};
    const auto entity = json::parse(R"({"a":3,"b":"01:00:00:00","c":9007199254740992,"inf":0,"a.B.c":-1e-300})");
    std::mt19937 random(20260331);  // the same each time
    std::size_t calculated = 0;
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        for (auto words = random() % 12; words > 0; --words)
            text += kWords.at(random() % kWords.size());
        CAPTURE(text);
        try {
            const auto result = Expression(text, kTables).evaluate(entity);
            ++calculated;
            if (const auto* number = std::get_if<double>(&result)) REQUIRE(std::isfinite(*number));
            if (const auto* failure = std::get_if<Failure>(&result)) {
                REQUIRE(failure->column >= 1);
                REQUIRE(failure->column <= text.size());
            }
        } catch (const std::invalid_argument& error) {
            REQUIRE_THAT(error.what(), Contains(": column "));
        }
    }
    CHECK(calculated > 500);
}

TEST_CASE("an expression knows its fields, and what it gives", "[copy_fields][expression]") {
    const Expression expression("a + b * a - project.name", kTables);
    REQUIRE(expression.paths().size() == 3);
    CHECK(expression.paths()[2].text() == "project.Project.name");
    CHECK(expression.gives() == Gives::number);
    CHECK(Expression("timecode(a, 24)", kTables).gives() == Gives::text);
    CHECK(Expression("(or('x', timecode(a, 24)))", kTables).gives() == Gives::text);
    CHECK(Expression("or(a, 1)", kTables).gives() == Gives::either);
    CHECK(Expression("-(a)", kTables).gives() == Gives::number);
    CHECK(Expression("a", kTables).gives() == Gives::either);
}
