#include <foley/testing.hpp>

#include <array>
#include <fstream>
#include <limits>

namespace foley::testing {
namespace {

constexpr std::array<std::pair<std::string_view, Shape>, 4> kShapes{
    {{"plain", Shape::plain}, {"ftrack", Shape::ftrack}, {"shotgrid", Shape::shotgrid}, {"ayon", Shape::ayon}}};

Shape read_shape(const json::Value& value) {
    if (value.IsNull()) return Shape::plain;
    for (const auto& [name, shape] : kShapes) {
        if (json::text_or_empty(value) == name) return shape;
    }
    throw Error("\"shape\" is " + json::stringify(value) + "; it should be plain, ftrack, shotgrid or ayon.");
}

bool read_is_gap(const json::Value& value) {
    if (value.IsNull() || json::text_or_empty(value) == "site") return false;
    if (json::text_or_empty(value) == "gap") return true;
    throw Error("\"kind\" is " + json::stringify(value) + "; it should be site or gap.");
}

std::optional<Timestamp> read_time(const json::Value& saved, std::string_view name) {
    const json::Value& value = json::member(saved, name);
    if (value.IsNull()) return {};
    if (const auto number = json::integer(value)) return Timestamp{std::chrono::microseconds{*number}};
    if (const auto time = parse_timestamp(json::text_or_empty(value))) return time;
    throw Error("\"" + std::string(name) + "\" is " + json::stringify(value) +
                "; it should be microseconds since 1970, or a time like \"2026-03-31T15:26:16Z\".");
}

template <typename Number>
Number read_number(const json::Value& saved, std::string_view name, Number missing) {
    const json::Value& value = json::member(saved, name);
    if (value.IsNull()) return missing;
    if (!value.IsUint64() || value.GetUint64() > std::numeric_limits<Number>::max()) {
        throw Error("\"" + std::string(name) + "\" is " + json::stringify(value) + "; it should be a whole number.");
    }
    return static_cast<Number>(value.GetUint64());
}

std::string payload_text(const json::Value& payload) {
    return payload.IsString() ? std::string(json::text_or_empty(payload)) : json::stringify(payload);
}

// A member of the saved event, or else what its payload says.
void take(std::string& into, const json::Value& saved, std::string_view name) {
    if (const json::Value& value = json::member(saved, name); !value.IsNull()) into = json::to_text(value);
}

SavedEvent from_saved(const json::Value& saved, const json::Value& payload) {
    SavedEvent event = event_from(read_shape(json::member(saved, "shape")), payload_text(payload));
    event.is_gap = read_is_gap(json::member(saved, "kind"));
    event.sequence = read_number(saved, "sequence", event.sequence);
    event.attempt = read_number(saved, "attempt", event.attempt);
    take(event.source, saved, "source");
    take(event.id, saved, "id");
    take(event.type, saved, "type");
    take(event.site, saved, "site");
    event.received_at = read_time(saved, "received_at").value_or(event.received_at);
    event.deadline = read_time(saved, "deadline");
    return event;
}

// One event, or the page of events that `foleyctl events --json` prints.
void read_line(const std::string& line, std::vector<SavedEvent>& into) {
    const json::Document document = json::parse(line);
    const json::Value& page = json::member(document, "events");
    if (!page.IsArray() || document.MemberCount() != 1) {
        into.push_back(parse_event(line));
        return;
    }
    for (const json::Value& event : page.GetArray())
        into.push_back(parse_event(json::stringify(event)));
}

}  // namespace

SavedEvent event_from(Shape shape, std::string payload) {
    const json::Document document = json::parse(payload);
    EventFacts facts = read_facts(shape, document);
    SavedEvent event;
    event.shape = shape;
    event.id = std::move(facts.id);
    event.type = std::move(facts.type);
    event.received_at = facts.created_at.value_or(Timestamp{});
    event.payload = std::move(payload);
    return event;
}

SavedEvent parse_event(std::string_view text) {
    const json::Document saved = json::parse(text);
    if (!saved.IsObject())
        throw Error("an event is a JSON object, and this is not: " + std::string(text.substr(0, 80)));
    const json::Value& payload = json::member(saved, "payload");
    if (payload.IsNull() && !json::member(saved, "payload_bytes").IsNull()) {
        throw Error("the event was saved without its payload; save it with `foleyctl events --json --payload`.");
    }
    if (payload.IsNull()) return event_from(Shape::plain, std::string(text));
    return from_saved(saved, payload);
}

std::vector<SavedEvent> read_events(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw Error("cannot open " + file.string() + " to read events from it.");
    std::vector<SavedEvent> events;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        try {
            read_line(line, events);
        } catch (const std::exception& error) {
            throw Error(file.string() + ":" + std::to_string(number) + ": " + error.what());
        }
    }
    if (in.bad()) throw Error("cannot read " + file.string() + " to its end.");
    return events;
}

}  // namespace foley::testing
