// Pickles that Python wrote.
#include "core/foleyctl/adopt/pickle.hpp"

#include "tests/unit/foleyctl/python.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace foley::core::testing {
namespace {

using Kind = Pickle::Kind;

// One value, as Python prints it, nearly.
std::string printed(const Pickle& pickle, const Pickle::Value& value) {
    std::string text;
    switch (value.kind) {
        case Kind::none:
            return "None";
        case Kind::integer:
            return std::to_string(value.integer);
        case Kind::text:
            return "'" + value.text + "'";
        case Kind::bytes:
            return "b'" + value.text + "'";
        case Kind::moment:
        case Kind::name:
            return "<" + value.text + ">";
        case Kind::tuple:
            for (const auto item : value.items)
                text += printed(pickle, pickle.at(item)) + ",";
            return "(" + text + ")";
        case Kind::dictionary:
            for (std::size_t at = 0; at < value.items.size(); at += 2) {
                text += printed(pickle, pickle.at(value.items[at])) + ":" +
                        printed(pickle, pickle.at(value.items[at + 1])) + ",";
            }
            return "{" + text + "}";
    }
    return {};
}

std::string decoded(std::string_view bytes) {
    const Pickle pickle = Pickle::decode(bytes);
    return printed(pickle, pickle.root());
}

// What Python is asked for, and what comes out.
const std::vector<std::pair<std::string, std::string>> kCases{
    {"None", "None"},
    {"{}", "{}"},
    {"{'a': (None, {})}", "{'a':(None,{},),}"},
    {"(0, 1, 255, 256, 65535, 65536, -1, -300)", "(0,1,255,256,65535,65536,-1,-300,)"},
    {"(2**31 - 1, 2**31, -2**31, 2**40, -2**40, 2**63 - 1, -2**63)",
     "(2147483647,2147483648,-2147483648,1099511627776,-1099511627776,9223372036854775807,"
     "-9223372036854775808,)"},
    {"'/srv/\\u00e4\\u20ac\\U0001f600 \\\\ \\n \\x7f'", "'/srv/ä€😀 \\ \n \x7f'"},
    {"'x' * 300", "'" + std::string(300, 'x') + "'"},
    {"datetime(2026, 11, 21, 9, 30, 5, 123456)", "<2026-11-21 09:30:05>"},
    {"datetime(1999, 1, 2, 23, 59, 59, 999999)", "<1999-01-02 23:59:59>"},
    {"(lambda t: {'a': t, 'b': t})((7, {3: datetime(2026, 1, 1)}))",
     "{'a':(7,{3:<2026-01-01 00:00:00>,},),'b':(7,{3:<2026-01-01 00:00:00>,},),}"},
    {"1", "1"},
};

TEST_CASE("values come out of pickles of every protocol", "[adopt][pickle]") {
    std::vector<std::string> values;
    for (const auto& [value, expected] : kCases)
        values.push_back(value);
    for (int protocol = 0; protocol <= 5; ++protocol) {
        INFO("protocol " << protocol);
        const auto pickles = python_pickles(values, protocol);
        REQUIRE(pickles.size() == values.size());
        for (std::size_t at = 0; at < values.size(); ++at) {
            INFO(values[at]);
            CHECK(decoded(pickles[at]) == kCases.at(at).second);
        }
        CHECK(Pickle::decode(pickles.back()).protocol() == (protocol < 2 ? 0U : unsigned(protocol)));
    }
}

TEST_CASE("the second of two equal hours is a moment too", "[adopt][pickle]") {
    CHECK(decoded(python_pickle("datetime(2026, 10, 25, 2, 30, fold=1)", 4)) == "<2026-10-25 02:30:00>");
}

// As Python 2.7 wrote them: texts are STRINGs, and so are the bytes of a moment.
TEST_CASE("pickles of Python 2 are read", "[adopt][pickle]") {
    const std::string zero =
        "(dp1\nS'/srv'\np2\n(dp3\nS'it\\'s'\np4\n(I5\n(dp5\nI3\ncdatetime\ndatetime\np6\n"
        "(S'\\x07\\xea\\x0b\\x15\\t\\x1e\\x05\\x00\\x00\\x00'\np7\ntp8\nRp9\nsL99999999999L\ng9\nstp10\nss.";
    CHECK(decoded(zero) == "{b'/srv':{b'it's':(5,{3:<2026-11-21 09:30:05>,99999999999:<2026-11-21 09:30:05>,},),},}");
    using namespace std::string_literals;
    const std::string two =
        "\x80\x02}q\x01U\x04/srvq\x02}q\x03U\x01"s
        "aq\x04K\x05}q\x05K\x03"s
        "cdatetime\ndatetime\nq\x06U\n\x07\xea\x0b\x15\x09\x1e\x05\x00\x00\x00\x85Rq\x07s\x86q\x08ss."s;
    CHECK(decoded(two) == "{b'/srv':{b'a':(5,{3:<2026-11-21 09:30:05>,},),},}");
}

TEST_CASE("a pickle of 200,000 missing events is read", "[adopt][pickle]") {
    const std::string bytes =
        python_pickle("{'/p': {'a': (10**6, {i: datetime(2026, 1, 1) for i in range(200000)})}}", 5);
    const Pickle pickle = Pickle::decode(bytes);
    CHECK(pickle.root().kind == Kind::dictionary);
}

}  // namespace
}  // namespace foley::core::testing
