#include "core/source/make_event.hpp"

#include <foley/shape.hpp>

#include <algorithm>
#include <utility>

namespace foley::core {

namespace {

void add_project(std::vector<std::string>& projects, const std::string& name) {
    if (!name.empty() && std::find(projects.begin(), projects.end(), name) == projects.end()) projects.push_back(name);
}

std::string name_of(User& user) {
    return user.name.empty() ? std::move(user.id) : std::move(user.name);
}

void take_facts(EventFacts& facts, Event& event) {
    event.id = std::move(facts.id);
    event.type = std::move(facts.type);
    for (auto& project : facts.projects) {
        add_project(event.projects, project.id);
        add_project(event.projects, project.name);
    }
    event.user = name_of(facts.user);
    event.actual_user = name_of(facts.actual_user);
    event.changes.reserve(facts.changes.size());
    for (auto& change : facts.changes)
        event.changes.push_back({std::move(change.entity.type), std::move(change.entity.id),
                                 std::move(change.attribute), std::move(change.action)});
}

// Whoever parsed it may have allowed for what was around it.
bool deeper_than(const json::Value& value, std::size_t levels) {
    if (!value.IsObject() && !value.IsArray()) return false;
    if (levels == 0) return true;
    if (value.IsArray()) {
        return std::any_of(value.Begin(), value.End(),
                           [levels](const json::Value& one) { return deeper_than(one, levels - 1); });
    }
    return std::any_of(value.MemberBegin(), value.MemberEnd(),
                       [levels](const auto& member) { return deeper_than(member.value, levels - 1); });
}

MadeEvent too_long(const std::string& payload) {
    return {std::nullopt, "longer than 16 MiB (" + std::to_string(payload.size()) + " bytes)"};
}

}  // namespace

MadeEvent make_event(const std::string& source, Shape shape, std::string payload, Timestamp received_at,
                     json::Document* parsed) {
    if (payload.size() > kLongestPayload) return too_long(payload);
    json::Document document;
    try {
        document = json::parse(payload);
    } catch (const json::ParseError& error) {
        return {std::nullopt, std::string("not JSON as expected: ") + error.what()};
    }
    MadeEvent made = make_event(source, shape, std::move(payload), document, received_at);
    if (parsed != nullptr && made.event) *parsed = std::move(document);
    return made;
}

MadeEvent make_event(const std::string& source, Shape shape, std::string payload, const json::Value& parsed,
                     Timestamp received_at) {
    if (payload.size() > kLongestPayload) return too_long(payload);
    if (!parsed.IsObject()) return {std::nullopt, "not a JSON object"};
    if (deeper_than(parsed, json::kMaxDepth)) {
        return {std::nullopt,
                "not JSON as expected: nested deeper than " + std::to_string(json::kMaxDepth) + " levels"};
    }
    Event event;
    event.source = source;
    event.shape = shape;
    event.received_at = received_at;
    auto facts = read_facts(static_cast<foley::Shape>(shape), parsed);
    take_facts(facts, event);
    event.payload = std::move(payload);
    return {std::move(event), {}};
}

Event make_gap(const std::string& source, Shape shape, Timestamp from, Timestamp until, std::string_view reason) {
    const auto start = std::to_string(from.time_since_epoch().count());
    const auto end = std::to_string(until.time_since_epoch().count());
    Event event;
    event.source = source;
    event.shape = shape;
    event.kind = EventKind::gap;
    event.type = "foley.gap";
    event.id = "gap:" + start + ":" + end;
    event.received_at = until;
    event.payload = R"({"from":)" + start + R"(,"until":)" + end + R"(,"reason":)" + json::quote(reason) + "}";
    return event;
}

}  // namespace foley::core
