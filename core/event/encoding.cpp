#include "core/event/encoding.hpp"

#include "core/event/bytes.hpp"

#include <cstdint>
#include <stdexcept>

namespace foley::core {
namespace {

// Stored in every journal: never renumber. A reader skips a tag below kMustUnderstand that it does not know, and
// refuses one from there on.
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kMustUnderstand = 0x80;
constexpr const char* kWhat = "the facts of an event";

enum class Tag : std::uint8_t {
    kind = 1,
    shape = 2,
    type = 3,
    project = 4,
    user = 5,
    change = 6,
    received_at = 7,
    deadline = 8,
    actual_user = 9,
};

void put_field(std::string& out, Tag tag, std::string_view value) {
    out.push_back(static_cast<char>(tag));
    put_text(out, value);
}

void put_byte(std::string& out, Tag tag, std::uint8_t value) {
    const char byte = static_cast<char>(value);
    put_field(out, tag, std::string_view(&byte, 1));
}

void put_time_field(std::string& out, Tag tag, Timestamp time) {
    out.push_back(static_cast<char>(tag));
    out.push_back(8);
    put_time(out, time);
}

void put_change(std::string& out, const Change& change) {
    std::size_t size = 0;
    for (const std::string* text : {&change.entity_type, &change.entity_id, &change.attribute, &change.action}) {
        size += number_size(text->size()) + text->size();
    }
    out.push_back(static_cast<char>(Tag::change));
    put_number(out, size);
    put_text(out, change.entity_type);
    put_text(out, change.entity_id);
    put_text(out, change.attribute);
    put_text(out, change.action);
}

[[noreturn]] void refuse(const char* what) {
    throw std::runtime_error(std::string(kWhat) + what);
}

std::uint8_t as_byte(std::string_view value) {
    if (value.size() != 1) refuse(" have a number of the wrong size");
    return static_cast<std::uint8_t>(value.front());
}

Timestamp as_time(std::string_view value) {
    if (value.size() != 8) refuse(" have a time of the wrong size");
    return ByteReader(value, kWhat).time();
}

EventKind as_kind(std::string_view value) {
    const std::uint8_t number = as_byte(value);
    if (number > static_cast<std::uint8_t>(EventKind::gap)) refuse(" name a kind that this Foley does not know");
    return static_cast<EventKind>(number);
}

Shape as_shape(std::string_view value) {
    const std::uint8_t number = as_byte(value);
    if (number > static_cast<std::uint8_t>(Shape::ayon)) refuse(" name a shape that this Foley does not know");
    return static_cast<Shape>(number);
}

Change as_change(std::string_view value) {
    ByteReader reader(value, kWhat);
    Change change;
    change.entity_type = reader.text();
    change.entity_id = reader.text();
    change.attribute = reader.text();
    change.action = reader.text();
    return change;  // what follows was added by a newer Foley
}

void forget_facts(Event& event) {
    event.kind = EventKind::site;
    event.shape = Shape::plain;
    event.type.clear();
    event.projects.clear();
    event.user.clear();
    event.actual_user.clear();
    event.changes.clear();
    event.received_at = Timestamp{};
    event.deadline.reset();
}

void set_fact(Event& event, std::uint8_t tag, std::string_view value) {
    switch (static_cast<Tag>(tag)) {
        case Tag::kind:
            event.kind = as_kind(value);
            return;
        case Tag::shape:
            event.shape = as_shape(value);
            return;
        case Tag::type:
            event.type = value;
            return;
        case Tag::project:
            if (event.projects.empty()) event.projects.reserve(2);  // id and name
            event.projects.emplace_back(value);
            return;
        case Tag::user:
            event.user = value;
            return;
        case Tag::change:
            event.changes.push_back(as_change(value));
            return;
        case Tag::received_at:
            event.received_at = as_time(value);
            return;
        case Tag::deadline:
            event.deadline = as_time(value);
            return;
        case Tag::actual_user:
            event.actual_user = value;
            return;
    }
    if (tag >= kMustUnderstand) refuse(" hold something that this Foley must understand and does not");
}

}  // namespace

std::string encode_facts(const Event& event) {
    std::string out;
    out.reserve(64 + event.type.size() + event.user.size() + 64 * event.changes.size() + 16 * event.projects.size());
    out.push_back(static_cast<char>(kVersion));
    if (event.kind != EventKind::site) put_byte(out, Tag::kind, static_cast<std::uint8_t>(event.kind));
    if (event.shape != Shape::plain) put_byte(out, Tag::shape, static_cast<std::uint8_t>(event.shape));
    if (!event.type.empty()) put_field(out, Tag::type, event.type);
    for (const std::string& project : event.projects)
        put_field(out, Tag::project, project);
    if (!event.user.empty()) put_field(out, Tag::user, event.user);
    if (!event.actual_user.empty()) put_field(out, Tag::actual_user, event.actual_user);
    for (const Change& change : event.changes)
        put_change(out, change);
    put_time_field(out, Tag::received_at, event.received_at);
    if (event.deadline) put_time_field(out, Tag::deadline, *event.deadline);
    return out;
}

void decode_facts(std::string_view bytes, Event& event) {
    ByteReader reader(bytes, kWhat);
    const std::uint8_t version = reader.byte();
    if (version != kVersion) {
        throw std::runtime_error("the facts of an event are of version " + std::to_string(version) +
                                 ", this Foley reads version " + std::to_string(kVersion));
    }
    forget_facts(event);
    while (!reader.empty()) {
        const std::uint8_t tag = reader.byte();
        set_fact(event, tag, reader.text());
    }
}

}  // namespace foley::core
