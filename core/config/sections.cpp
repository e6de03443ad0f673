#include "core/config/sections.hpp"

#include "core/config/proxy_address.hpp"
#include "core/config/suggestion.hpp"

#include <charconv>
#include <limits>

namespace foley::core {
namespace {

using namespace std::chrono_literals;

constexpr auto kYear = std::chrono::hours(24 * 366);

// Permission bits are octal, with or without a leading 0, as chmod takes them.
void read_mode(MapReader& reader, std::uint32_t& target) {
    const YamlNode* node = reader.find("mode");
    if (node == nullptr) return;
    std::uint32_t value = 0;
    const char* end = node->text.data() + node->text.size();
    const auto [stopped, error] = std::from_chars(node->text.data(), end, value, 8);
    const bool octal = node->kind == YamlNode::Kind::scalar && error == std::errc() && stopped == end;
    if (!octal || value > 0777 || (value & 0600) != 0600) {
        reader.problems().add(node->position(), reader.name("mode") +
                                                    ": expected permission bits such as 0660, at least 0600, found " +
                                                    (octal ? node->text : std::string(describe(*node))));
        return;
    }
    if ((value & 0002) != 0) {
        reader.problems().add(node->position(),
                              reader.name("mode") + ": everybody on this machine could steer foleyd; use a group");
        return;
    }
    target = value;
}

bool looks_like_url(const std::string& url, std::initializer_list<std::string_view> schemes) {
    for (const std::string_view scheme : schemes) {
        if (url.starts_with(scheme) && url.size() > scheme.size()) {
            const std::string_view rest = std::string_view(url).substr(scheme.size());
            return rest.front() != '/' && rest.front() != ':' &&
                   rest.find_first_of(" \t\r\n") == std::string_view::npos;
        }
    }
    return false;
}

void read_url(MapReader& reader, std::string_view key, std::string& target,
              std::initializer_list<std::string_view> schemes, const std::string& example) {
    const YamlNode* node = reader.find(key);
    if (node == nullptr) return;
    const auto value = as_text(*node, reader.name(key), reader.problems());
    if (!value) return;
    if (!looks_like_url(*value, schemes)) {
        reader.problems().add(node->position(), reader.name(key) + ": expected an address such as " + example +
                                                    ", found '" + *value + "'");
        return;
    }
    const std::string_view host = std::string_view(*value).substr(0, value->find('/', value->find("://") + 3));
    if (key == "url" && host.find('@') != std::string_view::npos) {
        reader.problems().add(node->position(), reader.name(key) +
                                                    ": a password does not belong into an address; "
                                                    "use user and api_key");
        return;
    }
    target = *value;
}

// A proxy that wants a user and a password has them in its address: that is a secret as any other, one without is none.
void read_proxy(MapReader& reader, Secret& target) {
    const YamlNode* node = reader.find("proxy");
    if (node == nullptr) return;
    const std::string what = reader.name("proxy");
    const bool secret = node->kind == YamlNode::Kind::map || node->text.find('@') != std::string::npos;
    std::optional<Secret> address;
    if (secret) {
        address = read_secret(*node, what, reader.context(), reader.problems());
    } else if (auto text = as_text(*node, what, reader.problems())) {
        address = Secret(std::move(*text));
    }
    if (!address) return;
    if (const std::string fault = proxy_fault(address->reveal()); !fault.empty()) {
        reader.problems().add(node->position(),
                              std::string(what).append(": ").append(fault).append(
                                  secret ? "; what stands there is not shown" : ", found '" + node->text + "'"));
        return;
    }
    target = *std::move(address);
}

}  // namespace

LogConfig read_log(const YamlNode* node, const ReadingContext& context, Problems& problems) {
    LogConfig log;
    MapReader reader(node, "log", context, problems);
    reader.read_choice<LogLevel>("level", log.level,
                                 {{"debug", LogLevel::debug},
                                  {"info", LogLevel::info},
                                  {"warning", LogLevel::warning},
                                  {"error", LogLevel::error}});
    reader.read("console", log.console);
    reader.read_choice<JournaldUse>(
        "journald", log.journald,
        {{"auto", JournaldUse::automatic}, {"true", JournaldUse::always}, {"false", JournaldUse::never}});
    if (const YamlNode* section = reader.find("file")) {
        MapReader file(section, reader.name("file"), context, problems);
        std::filesystem::path path;
        if (file.require("path") != nullptr) file.read("path", path);
        if (!path.empty()) log.file = path;
        file.read_number("keep_days", log.keep_days, std::uint32_t{1}, std::uint32_t{3650});
        file.read("per_plugin", log.per_plugin);
        file.finish();
    }
    if (const YamlNode* section = reader.find("timing")) {
        TimingConfig timing;
        MapReader file(section, reader.name("timing"), context, problems);
        if (file.require("path") != nullptr) file.read("path", timing.file);
        file.read_number("keep_days", timing.keep_days, std::uint32_t{1}, std::uint32_t{3650});
        file.finish();
        if (!timing.file.empty()) log.timing = std::move(timing);
    }
    reader.finish();
    return log;
}

ControlConfig read_control(const YamlNode* node, const ReadingContext& context, Problems& problems) {
    // sun_path holds 108 bytes with the final zero; the system's own sentence about it helps nobody.
    constexpr std::size_t kLongestSocketPath = 107;
    ControlConfig control;
    MapReader reader(node, "control", context, problems);
    reader.read("socket", control.socket);
    if (const YamlNode* socket = reader.find("socket"); control.socket.native().size() > kLongestSocketPath) {
        problems.add(socket->position(), "control.socket: the path of a socket can have 107 bytes, and this one has " +
                                             std::to_string(control.socket.native().size()));
    }
    read_mode(reader, control.mode);
    reader.read("group", control.group);
    reader.finish();
    return control;
}

JournalConfig read_journal(const YamlNode* node, const ReadingContext& context, Problems& problems) {
    JournalConfig journal;
    MapReader reader(node, "journal", context, problems);
    reader.read_choice<std::string>("engine", journal.engine, {{"sqlite", "sqlite"}});
    reader.read_duration("retention", journal.retention, 1min, 100 * kYear);
    reader.read_duration("retention_disabled", journal.retention_disabled, 1min, 100 * kYear);
    reader.read_duration("dedupe_for", journal.dedupe_for, 1min, kYear);
    reader.read_duration("commit_interval", journal.commit_interval, 1ms, 10s);
    const YamlNode* disabled = reader.find("retention_disabled");
    if (disabled != nullptr && journal.retention_disabled < journal.retention) {
        problems.add(disabled->position(), "journal.retention_disabled: must not be shorter than journal.retention");
    }
    reader.finish();
    return journal;
}

SiteConfig read_site(const YamlEntry& entry, const ReadingContext& context, Problems& problems) {
    SiteConfig site;
    site.name = entry.key;
    MapReader reader(&entry.value, "sites." + entry.key, context, problems);
    if (reader.require("kind") != nullptr) {
        reader.read_choice<std::string>("kind", site.kind, {{"ftrack", "ftrack"}, {"shotgrid", "shotgrid"}});
    }
    if (reader.require("url") != nullptr) {
        read_url(reader, "url", site.url, {"https://", "http://"},
                 site.kind == "shotgrid" ? "https://studio.shotgrid.autodesk.com" : "https://studio.ftrackapp.com");
    }
    if (reader.require("user") != nullptr) reader.read("user", site.user);
    if (reader.require("api_key") != nullptr) reader.read("api_key", site.api_key);
    read_proxy(reader, site.proxy);
    reader.read("ca_file", site.ca_file);
    reader.finish();
    if (site.url.starts_with("http://") && !site.url.starts_with("http://127.") &&
        !site.url.starts_with("http://localhost") && !site.url.starts_with("http://[::1]")) {
        problems.warn(reader.position(), reader.name("url") + ": the key travels unencrypted over http");
    }
    return site;
}

}  // namespace foley::core
