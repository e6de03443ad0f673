// What foleyctl prints for people does nothing to their terminal, whatever a site or a plugin wrote.
#include "core/foleyctl/show.hpp"

#include "core/foleyctl/plain_text.hpp"
#include "core/foleyctl/table.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <sstream>
#include <string_view>

using namespace foley::core;
using Catch::Matchers::Contains;
using foley::json::parse;

namespace {

// Clears the screen, renames the window, rings, begins an order in one character, and breaks the line.
const std::string kEvil = R"(\u001b[2J\u001b]0;owned\u0007\u009b31m\u007f\nEVENT forged)";

std::string evil(const std::string& json) {
    std::string text = json;
    for (auto at = text.find("EVIL"); at != std::string::npos; at = text.find("EVIL", at + kEvil.size()))
        text.replace(at, 4, kEvil);
    return text;
}

std::string shown(const std::function<void(const Screen&, const foley::json::Value&)>& show, const std::string& json) {
    std::ostringstream out;
    show({out, false}, parse(evil(json)));
    return out.str();
}

bool harmless(const std::string& text) {
    const bool controls = std::any_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
    });
    const bool forged = text.find("\nEVENT forged") != std::string::npos;
    return !controls && text.find("\xc2\x9b") == std::string::npos && !forged;
}

const std::string kEvent =
    R"({"sequence": 1, "source": "EVIL", "id": "EVIL", "type": "EVIL", "shape": "EVIL", "user": "EVIL",
        "received_at": "EVIL", "deadline": "EVIL", "projects": ["EVIL"], "payload": {"EVIL": "EVIL"},
        "changes": [{"entity_type": "EVIL", "entity_id": "EVIL", "attribute": "EVIL", "action": "EVIL"}]})";

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts)
        text += part;
    return text;
}

}  // namespace

TEST_CASE("an event's texts do nothing to the terminal", "[foleyctl][show]") {
    const std::string whole = shown(show_event, kEvent);
    CHECK(harmless(whole));
    CHECK_THAT(whole, Contains("owned"));
    const auto listed =
        shown([](const Screen& screen, const foley::json::Value& all) { show_events(screen, all, true); },
              joined({"[", kEvent, "]"}));
    CHECK(harmless(listed));
    CHECK(std::count(listed.begin(), listed.end(), '\n') == 2);
}

TEST_CASE("reasons of plugins, sources and dead letters do nothing to the terminal", "[foleyctl][show]") {
    const std::string event = joined({R"("event": )", kEvent});
    CHECK(harmless(
        shown(show_backlog, joined({R"({"backlog": [{"state": "EVIL", "last_reason": "EVIL", )", event, "}]}"}))));
    CHECK(harmless(shown(show_dead_letters,
                         joined({R"({"dead_letters": [{"plugin": "EVIL", "reason": "EVIL", )", event, "}]}"}))));
    CHECK(harmless(shown(show_explanations, R"({"plugins": [{"plugin": "EVIL", "explanation": "EVIL"}]})")));
    CHECK(harmless(shown(show_plugins, R"({"plugins": [{"name": "EVIL", "state": "EVIL", "reason": "EVIL"}]})")));
    CHECK(harmless(shown(show_sources, R"({"sources": [{"name": "EVIL", "kind": "EVIL", "detail": "EVIL"}]})")));
    CHECK(harmless(shown(show_source, R"({"name": "EVIL", "detail": "EVIL", "more": {"EVIL": "EVIL"}})")));
    CHECK(harmless(shown(show_plugin,
                         R"({"name": "EVIL", "state": "x", "reason": "EVIL", "last_error": "EVIL", "last_crash": "EVIL",
            "library": {"abi": "EVIL", "sdk_version": "EVIL", "compiler": "EVIL",
                "callbacks": [{"name": "EVIL", "kind": "event", "filter": {"EVIL": ["EVIL"]}}],
                "settings": [{"name": "EVIL", "type": "text", "description": "EVIL"}]}})")));
    CHECK(harmless(
        shown(show_crashes,
              R"({"crashes": [{"summary": "EVIL", "EVIL": "EVIL", "log": ["EVIL", "b"], "event_id": "EVIL"}]})")));
}

TEST_CASE("a line break in a value does not begin a line of foleyctl's own", "[foleyctl][show]") {
    CHECK(indented("one\ntwo", 4) == "one\n    two");
    CHECK(one_line("one\ntwo\tthree") == "one two three");
    Table table({"A"});
    table.add({{"one\ntwo"}});
    std::ostringstream out;
    table.print(out, false);
    CHECK(out.str() == "A\none two\n");
}
