#include "abi_text.hpp"

#include <foley/event.hpp>

namespace foley {
namespace {

json::Document parse_payload(const foley_event& event) {
    try {
        return json::parse(detail::from_abi(event.payload));
    } catch (const json::ParseError& error) {
        const std::string id(detail::from_abi(event.id));
        throw json::ParseError("the payload of " + (id.empty() ? "the event" : "event " + id) + " is " + error.what(),
                               error.line(), error.column());
    }
}

std::optional<Timestamp> microseconds_at(const json::Value& payload, std::string_view name) {
    const auto value = json::integer(json::member(payload, name));
    if (!value) return {};
    return Timestamp{std::chrono::microseconds{*value}};
}

}  // namespace

struct Event::Parsed {
    json::Document document;
    std::optional<EventFacts> facts;
};

Event::Event(const foley_event& event) : event_(detail::read_struct(event)) {}
Event::~Event() = default;

std::optional<Timestamp> Event::deadline() const noexcept {
    if (event_.deadline == 0) return {};
    return Timestamp{std::chrono::microseconds{event_.deadline}};
}

const json::Value& Event::json() const {
    if (!parsed_) parsed_ = std::make_unique<Parsed>(Parsed{parse_payload(event_), {}});
    return parsed_->document;
}

const EventFacts& Event::facts() const {
    const json::Value& payload = json();
    if (!parsed_->facts) parsed_->facts = read_facts(shape(), payload);
    return *parsed_->facts;
}

std::span<const Change> Event::changes() const {
    return facts().changes;
}
std::span<const Project> Event::projects() const {
    return facts().projects;
}
const User& Event::user() const {
    return facts().user;
}
const User& Event::actual_user() const {
    return facts().actual_user;
}
std::string_view Event::session() const {
    return facts().session;
}
Timestamp Event::created_at() const {
    return facts().created_at.value_or(received_at());
}

const Change& Event::change() const {
    static const Change none;
    const auto all = changes();
    return all.empty() ? none : all.front();
}

const Entity& Event::entity() const {
    return change().entity;
}

const Project& Event::project() const {
    static const Project none;
    const auto all = projects();
    return all.empty() ? none : all.front();
}

Gap::Gap(const foley_event& from) {
    const foley_event event = detail::read_struct(from);
    sequence_ = event.sequence;
    attempt_ = event.attempt;
    source_ = detail::from_abi(event.source);
    site_ = detail::from_abi(event.site);
    const json::Document payload = parse_payload(event);
    from_ = microseconds_at(payload, "from");
    until_ = microseconds_at(payload, "until");
    reason_ = json::text_or_empty(payload, "reason");
}

}  // namespace foley
