#include "core/hosting/crash_report_files.hpp"

#include "core/os/files.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <tuple>

namespace foley::core {
namespace {

constexpr std::size_t kLargestReport = std::size_t{16} << 20;

// A plugin's name is a file's stem; nothing else becomes a part of a path here.
std::string file_stem(const std::string& plugin) {
    std::string stem = plugin;
    std::replace(stem.begin(), stem.end(), '/', '_');
    return stem;
}

struct ReportName {
    std::string time;
    unsigned number = 0;
    std::string id;
    friend bool operator>(const ReportName& a, const ReportName& b) {
        return std::tie(a.time, a.number) > std::tie(b.time, b.number);
    }
};

// Of "<plugin>-<time>-<number>"; nothing for reports of another plugin, whose name may begin alike.
std::optional<ReportName> parse_id(const std::string& id, const std::string& plugin) {
    const std::string prefix = file_stem(plugin) + "-";
    constexpr std::size_t kTime = 16;  // 20261121T093000Z
    if (!id.starts_with(prefix) || id.size() < prefix.size() + kTime + 2) return std::nullopt;
    ReportName name{.time = id.substr(prefix.size(), kTime), .number = 0, .id = id};
    const std::string number = id.substr(prefix.size() + kTime + 1);
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), name.number);
    const bool shaped = name.time[8] == 'T' && name.time[15] == 'Z' && id[prefix.size() + kTime] == '-';
    if (!shaped || parsed.ec != std::errc{} || parsed.ptr != number.data() + number.size()) return std::nullopt;
    return name;
}

// Newest first.
std::vector<ReportName> names_of(const std::filesystem::path& directory, const std::string& plugin) {
    std::vector<ReportName> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        if (entry.path().extension() != ".json") continue;
        if (auto name = parse_id(entry.path().stem().string(), plugin)) names.push_back(std::move(*name));
    }
    std::sort(names.begin(), names.end(), std::greater<>());
    return names;
}

std::string text_member(const rapidjson::Value& json, const char* key) {
    const auto found = json.FindMember(key);
    if (found == json.MemberEnd() || !found->value.IsString()) return {};
    return {found->value.GetString(), found->value.GetStringLength()};
}

std::vector<std::string> list_member(const rapidjson::Value& json, const char* key) {
    std::vector<std::string> list;
    const auto found = json.FindMember(key);
    if (found == json.MemberEnd() || !found->value.IsArray()) return list;
    for (const auto& item : found->value.GetArray()) {
        if (item.IsString()) list.emplace_back(item.GetString(), item.GetStringLength());
    }
    return list;
}

std::optional<CrashReport> parse_report(const std::string& text) {
    rapidjson::Document json;
    json.Parse<rapidjson::kParseIterativeFlag>(text.c_str(), text.size());
    if (json.HasParseError() || !json.IsObject()) return std::nullopt;
    CrashReport report;
    report.id = text_member(json, "id");
    report.plugin = text_member(json, "plugin");
    if (json.HasMember("at") && json["at"].IsInt64()) {
        report.at = Timestamp{std::chrono::microseconds{json["at"].GetInt64()}};
    }
    report.summary = text_member(json, "summary");
    report.callback = text_member(json, "callback");
    if (json.HasMember("sequence") && json["sequence"].IsUint64()) {
        report.sequence = Sequence{json["sequence"].GetUint64()};
    }
    report.event_source = text_member(json, "event_source");
    report.event_id = text_member(json, "event_id");
    report.event_type = text_member(json, "event_type");
    report.library = text_member(json, "library");
    report.what = text_member(json, "what");
    report.log_tail = list_member(json, "log_tail");
    report.stack = list_member(json, "stack");
    return report;
}

}  // namespace

std::string free_report_id(const std::filesystem::path& directory, const std::string& plugin, Timestamp at) {
    const std::string time = fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
    // Above the highest of this second, so that order holds also when older ones were removed.
    unsigned number = 1;
    for (const ReportName& name : names_of(directory, plugin)) {
        if (name.time == time) number = std::max(number, name.number + 1);
    }
    return fmt::format("{}-{}-{}", file_stem(plugin), time, number);
}

void store_report(const std::filesystem::path& directory, const CrashReport& report, unsigned keep) {
    std::filesystem::create_directories(directory);
    // Not synced: a report that a power cut takes is no loss worth stopping the engine's thread for.
    write_file_atomically(directory / (report.id + ".txt"), to_text(report), Durability::page_cache, 0640);
    write_file_atomically(directory / (report.id + ".json"), to_json(report), Durability::page_cache, 0640);
    const std::vector<ReportName> names = names_of(directory, report.plugin);
    for (std::size_t i = keep; i < names.size(); ++i) {
        std::error_code ignored;
        std::filesystem::remove(directory / (names[i].id + ".json"), ignored);
        std::filesystem::remove(directory / (names[i].id + ".txt"), ignored);
    }
}

std::vector<CrashReport> read_crash_reports(const std::filesystem::path& directory, const std::string& plugin,
                                            std::size_t limit) {
    std::vector<CrashReport> reports;
    for (const ReportName& name : names_of(directory, plugin)) {
        if (reports.size() >= limit) break;
        try {
            if (auto report = parse_report(read_file(directory / (name.id + ".json"), kLargestReport))) {
                reports.push_back(std::move(*report));
            }
        } catch (const std::system_error&) {
            continue;  // removed or unreadable in the meantime
        }
    }
    return reports;
}

}  // namespace foley::core
