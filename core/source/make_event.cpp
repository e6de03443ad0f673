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

}  // namespace

MadeEvent make_event(const std::string& source, Shape shape, std::string payload, Timestamp received_at,
                     json::Document* parsed) {
    if (payload.size() > kLongestPayload)
        return {std::nullopt, "longer than 16 MiB (" + std::to_string(payload.size()) + " bytes)"};
    json::Document document;
    try {
        document = json::parse(payload);
    } catch (const json::ParseError& error) {
        return {std::nullopt, std::string("not JSON as expected: ") + error.what()};
    }
    if (!document.IsObject()) return {std::nullopt, "not a JSON object"};

    Event event;
    event.source = source;
    event.shape = shape;
    event.received_at = received_at;
    auto facts = read_facts(static_cast<foley::Shape>(shape), document);
    take_facts(facts, event);
    event.payload = std::move(payload);
    if (parsed != nullptr) *parsed = std::move(document);
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
