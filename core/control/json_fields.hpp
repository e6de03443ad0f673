// Writes what the engine tells as JSON. The names are part of the interface: docs/control-interface.md.
#pragma once

#include "core/engine/status.hpp"
#include "core/journal/consumer.hpp"
#include "core/source/source.hpp"

#include <foley/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foley::core {

// One JSON text under construction. Texts that are not UTF-8 are made so.
class JsonText {
public:
    JsonText& open_object();
    JsonText& close_object();
    JsonText& open_array();
    JsonText& close_array();
    JsonText& key(std::string_view name);
    JsonText& text(std::string_view value);

    JsonText& field(std::string_view name, std::string_view value);
    JsonText& field(std::string_view name, const char* value) { return field(name, std::string_view(value)); }
    JsonText& field(std::string_view name, const std::string& value) { return field(name, std::string_view(value)); }
    JsonText& field(std::string_view name, bool value);
    JsonText& field(std::string_view name, std::uint64_t value);
    JsonText& field(std::string_view name, std::int64_t value);
    JsonText& field(std::string_view name, Sequence value) { return field(name, value.value); }
    JsonText& field(std::string_view name, Timestamp value);
    template <typename Value>
    JsonText& field(std::string_view name, const std::optional<Value>& value) {
        return value ? field(name, *value) : null_field(name);
    }
    JsonText& null_field(std::string_view name);
    // `json` must be JSON; it is copied as it is.
    JsonText& raw_field(std::string_view name, std::string_view json);

    std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
    rapidjson::StringBuffer buffer_;
    json::Writer writer_{buffer_};
};

// "2026-11-21T09:30:00.123456Z"
std::string to_text(Timestamp time);

void write(JsonText& out, const EngineStatus& status);
// `whole`: with callbacks and settings.
void write(JsonText& out, const PluginStatus& status, Timestamp now, bool whole);
void write(JsonText& out, const SourceStatus& status);
void write(JsonText& out, const Event& event, bool with_payload);
void write(JsonText& out, const AttemptRecord& record);
void write(JsonText& out, const Hello& hello);

}  // namespace foley::core
