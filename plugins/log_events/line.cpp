#include "log_events/line.hpp"

#include <foley/json.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>

namespace log_events {

namespace json = foley::json;

namespace {

std::string time_text(foley::Timestamp at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

class Object {
public:
    explicit Object(json::Writer& writer) : writer_(writer) { writer_.StartObject(); }
    ~Object() { writer_.EndObject(); }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;

    // Nothing for what is empty.
    void text(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        key(name);
        writer_.String(value.data(), static_cast<foley::rapidjson::SizeType>(value.size()));
    }
    void value(std::string_view name, const foley::Value& value) {
        if (value.is_null()) return;
        key(name);
        value.json().Accept(writer_);
    }
    void key(std::string_view name) { writer_.Key(name.data(), static_cast<foley::rapidjson::SizeType>(name.size())); }

private:
    json::Writer& writer_;
};

void write_change(json::Writer& writer, const foley::Change& change) {
    Object object(writer);
    if (!change.entity.empty()) {
        object.key("entity");
        Object entity(writer);
        entity.text("type", change.entity.type);
        entity.text("id", change.entity.id);
        entity.text("name", change.entity.name);
    }
    object.text("attribute", change.attribute);
    object.text("action", change.action);
    object.value("old", change.old_value);
    object.value("new", change.new_value);
    object.value("added", change.added);
    object.value("removed", change.removed);
}

constexpr std::array<std::string_view, 20> kNames{
    "sequence", "source", "site",      "id",     "type", "at",  "received", "entity_type", "entity_id", "entity",
    "project",  "user",   "attribute", "action", "old",  "new", "added",    "removed",     "session",   "payload"};

std::string value_of(std::string_view name, const foley::Event& event, const foley::Change& change) {
    if (name == "sequence") return std::to_string(event.sequence());
    if (name == "source") return std::string(event.source());
    if (name == "site") return std::string(event.site());
    if (name == "id") return std::string(event.id());
    if (name == "type") return std::string(event.type());
    if (name == "at") return time_text(event.created_at());
    if (name == "received") return time_text(event.received_at());
    if (name == "entity_type") return change.entity.type;
    if (name == "entity_id") return change.entity.id;
    if (name == "entity") return change.entity.name;
    if (name == "project") return event.project().name.empty() ? event.project().id : event.project().name;
    if (name == "user") return event.user().name.empty() ? event.user().id : event.user().name;
    if (name == "attribute") return change.attribute;
    if (name == "action") return change.action;
    if (name == "old") return change.old_value.text();
    if (name == "new") return change.new_value.text();
    if (name == "added") return change.added.text();
    if (name == "removed") return change.removed.text();
    if (name == "session") return std::string(event.session());
    return std::string(event.payload());
}

std::string on_one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

std::string json_line(const foley::Event& event, bool payload) {
    foley::rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    {
        Object line(writer);
        line.key("sequence");
        writer.Uint64(event.sequence());
        line.text("source", event.source());
        line.text("id", event.id());
        line.text("type", event.type());
        line.text("at", time_text(event.created_at()));
        if (!event.project().empty()) {
            line.key("project");
            Object project(writer);
            project.text("id", event.project().id);
            project.text("name", event.project().name);
        }
        if (!event.user().empty()) {
            line.key("user");
            Object user(writer);
            user.text("type", event.user().type);
            user.text("id", event.user().id);
            user.text("name", event.user().name);
        }
        line.key("changes");
        writer.StartArray();
        for (const auto& change : event.changes())
            write_change(writer, change);
        writer.EndArray();
        if (payload) {
            line.key("payload");
            event.json().Accept(writer);
        }
    }
    return {buffer.GetString(), buffer.GetSize()};
}

LineTemplate::LineTemplate(std::string_view text) : text_(text) {
    for (const auto& name : text_.names()) {
        if (std::find(kNames.begin(), kNames.end(), name) == kNames.end())
            throw std::invalid_argument(
                fmt::format("\"{}\": there is no {}; known are {}.", text, name, fmt::join(kNames, ", ")));
    }
}

std::string LineTemplate::render(const foley::Event& event) const {
    const auto line_of = [&](const foley::Change& change) {
        return text_.render([&](const std::string& name) -> std::optional<std::string> {
            auto value = value_of(name, event, change);
            if (value.empty()) return std::nullopt;
            return on_one_line(value);
        });
    };
    std::string out;
    for (const auto& change : event.changes())
        out += (out.empty() ? "" : "\n") + line_of(change);
    return event.changes().empty() ? line_of({}) : out;
}

}  // namespace log_events
