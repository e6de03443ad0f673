#include "rules/members.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using Catch::Matchers::Message;
using rules::Members;

TEST_CASE("a rule gives what it holds, and defaults for the rest", "[rules]") {
    const auto rule = foley::json::parse(R"({"from": "Task", "one": "ip", "several": ["fin", 7], "on": true,
                                             "when": {"code": "x"}})");
    Members members("r", rule);
    CHECK(members.required_text("from") == "Task");
    CHECK(members.texts("one") == std::vector<std::string>{"ip"});
    CHECK(members.texts("several") == std::vector<std::string>{"fin", "7"});
    CHECK(members.texts("none").empty());
    CHECK(members.flag("on", false));
    CHECK(members.flag("off", true));
    CHECK(members.text("else", "otherwise") == "otherwise");
    CHECK_FALSE(members.condition("when").empty());
    CHECK_NOTHROW(members.finish());
}

TEST_CASE("a rule that makes no sense is refused with its name", "[rules]") {
    const auto list = foley::json::parse("[]");
    CHECK_THROWS_MATCHES(Members("r", list), std::invalid_argument, Message("rule r: a rule is a mapping."));
    const auto rule = foley::json::parse(R"({"valeus": "x", "flag": 3, "to": "nowhere", "list": [[]], "text": {}})");
    Members members("r", rule);
    CHECK_THROWS_MATCHES(members.required_text("from"), std::invalid_argument, Message("rule r: from is missing."));
    CHECK_THROWS_AS(members.flag("flag", true), std::invalid_argument);
    CHECK_THROWS_AS(members.texts("list"), std::invalid_argument);
    CHECK_THROWS_AS(members.text("text"), std::invalid_argument);
    CHECK_THROWS_MATCHES(members.word("to", "self", {"self", "entity"}), std::invalid_argument,
                         Message("rule r: to: \"nowhere\" is none of self, entity."));
    CHECK_THROWS_MATCHES(members.finish(), std::invalid_argument,
                         Message("rule r: there is no valeus; known are flag, from, list, text, to."));
}
