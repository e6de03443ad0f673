#include "core/hosting/crash_report.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <ctime>

namespace foley::core {
namespace {

using Json = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

std::string time_text(Timestamp at) {
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
}

void member(Json& json, const char* key, const std::string& value) {
    json.Key(key);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void member(Json& json, const char* key, const std::vector<std::string>& values) {
    json.Key(key);
    json.StartArray();
    for (const std::string& value : values)
        json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    json.EndArray();
}

void section(std::string& text, const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    text += fmt::format("\n{}:\n", title);
    for (const std::string& line : lines)
        text += "  " + line + "\n";
}

}  // namespace

std::string to_text(const CrashReport& report) {
    std::string text = fmt::format("{}\n\nreport:   {}\ntime:     {}\nplugin:   {}\nlibrary:  {}\n", report.summary,
                                   report.id, time_text(report.at), report.plugin, report.library);
    if (!report.callback.empty()) text += fmt::format("callback: {}\n", report.callback);
    if (report.sequence.value != 0) {
        text += fmt::format("event:    {} ({} {} from {})\n", report.sequence.value, report.event_type, report.event_id,
                            report.event_source);
    }
    text += fmt::format("what:     {}\n", report.what);
    section(text, "stack", report.stack);
    section(text, "last log lines", report.log_tail);
    return text;
}

std::string to_json(const CrashReport& report) {
    rapidjson::StringBuffer buffer;
    Json json(buffer);
    json.SetIndent(' ', 2);
    json.StartObject();
    member(json, "id", report.id);
    member(json, "plugin", report.plugin);
    json.Key("at");
    json.Int64(report.at.time_since_epoch().count());
    member(json, "summary", report.summary);
    member(json, "callback", report.callback);
    json.Key("sequence");
    json.Uint64(report.sequence.value);
    member(json, "event_source", report.event_source);
    member(json, "event_id", report.event_id);
    member(json, "event_type", report.event_type);
    member(json, "library", report.library);
    member(json, "what", report.what);
    member(json, "log_tail", report.log_tail);
    member(json, "stack", report.stack);
    json.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace foley::core
