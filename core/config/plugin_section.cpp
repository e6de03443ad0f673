#include "core/config/sections.hpp"
#include "core/config/suggestion.hpp"
#include "core/config/units.hpp"

#include <bit>

namespace foley::core {
namespace {

using namespace std::chrono_literals;

constexpr auto kYear = std::chrono::hours(24 * 366);

// One item of `missing`: a number, or a range of numbers such as 4711-4720.
bool read_missing(const YamlNode& node, NumberRanges& missing) {
    const auto range = node.kind == YamlNode::Kind::scalar ? parse_range(node.text) : std::nullopt;
    if (range) missing.insert(range->first, range->second);
    return range.has_value();
}

// A position that comes from another daemon.
void read_start_handled(MapReader& reader, StartConfig& start) {
    start.kind = StartConfig::Kind::handled;
    if (reader.require("source") != nullptr) reader.read("source", start.source);
    reader.read_number("handled", start.handled, 0, std::uint64_t{1} << 62);
    const YamlNode* missing = reader.find("missing");
    if (missing == nullptr) return;
    const std::vector<YamlNode> alone{*missing};
    for (const YamlNode& item : missing->kind == YamlNode::Kind::sequence ? missing->items : alone) {
        if (read_missing(item, start.missing)) continue;
        reader.problems().add(
            item.position(), reader.name("missing") + ": expected an id or a range of ids such as 4711-4720, found '" +
                                 (item.kind == YamlNode::Kind::scalar ? item.text : std::string(describe(item))) + "'");
    }
}

void read_start_mapping(const YamlNode& node, const std::string& what, StartConfig& start,
                        const ReadingContext& context, Problems& problems) {
    MapReader reader(&node, what, context, problems);
    const YamlNode* time = reader.find("time");
    const YamlNode* source = reader.find("source");
    const YamlNode* id = reader.find("id");
    const YamlNode* after = reader.find("after");
    const YamlNode* handled = reader.find("handled");
    const YamlNode* missing = reader.find("missing");
    reader.finish();
    if (handled != nullptr && time == nullptr && after == nullptr && id == nullptr) {
        read_start_handled(reader, start);
        return;
    }
    const int ways =
        (time != nullptr ? 1 : 0) + (after != nullptr ? 1 : 0) + (source != nullptr || id != nullptr ? 1 : 0);
    if (ways != 1 || (source == nullptr) != (id == nullptr) || handled != nullptr || missing != nullptr) {
        problems.add(node.position(), what +
                                          ": expected latest, earliest, {time: …}, {after: number}, "
                                          "{source: …, id: …} or {source: …, handled: id, missing: [ids]}");
        return;
    }
    if (time != nullptr) {
        const auto value = time->kind == YamlNode::Kind::scalar ? parse_time(time->text) : std::nullopt;
        if (!value) {
            problems.add(time->position(),
                         what + ".time: expected a time such as 2026-11-21T09:30:00Z, found '" + time->text + "'");
            return;
        }
        start.kind = StartConfig::Kind::time;
        start.time = *value;
    } else if (after != nullptr) {
        start.kind = StartConfig::Kind::after;
        reader.read_number("after", start.sequence.value, 0, std::uint64_t{1} << 62);
    } else {
        start.kind = StartConfig::Kind::source_id;
        reader.read("source", start.source);
        reader.read("id", start.id);
    }
}

void read_start(MapReader& reader, StartConfig& start) {
    const YamlNode* node = reader.find("start");
    if (node == nullptr) return;
    start = StartConfig{};
    if (node->kind == YamlNode::Kind::map) {
        read_start_mapping(*node, reader.name("start"), start, reader.context(), reader.problems());
        return;
    }
    reader.read_choice<StartConfig::Kind>(
        "start", start.kind, {{"latest", StartConfig::Kind::latest}, {"earliest", StartConfig::Kind::earliest}});
}

void read_limits(MapReader& plugin, PluginLimits& limits) {
    const YamlNode* node = plugin.find("limits");
    if (node == nullptr) return;
    MapReader reader(node, plugin.name("limits"), plugin.context(), plugin.problems());
    if (const YamlNode* memory = reader.find("memory"); memory != nullptr && memory->text == "none") {
        limits.memory = 0;
    } else {
        reader.read_size("memory", limits.memory, std::uint64_t{16} << 20, std::uint64_t{1} << 50);
    }
    reader.read_number("files", limits.files, std::uint32_t{64}, std::uint32_t{1'048'576});
    reader.read_number("processes", limits.processes, std::uint32_t{0}, std::uint32_t{1'048'576});
    reader.read("core", limits.core);
    reader.read_duration("hello_timeout", limits.hello_timeout, 100ms, 1h);
    reader.finish();
}

void read_retry(MapReader& plugin, PluginConfig& target) {
    const YamlNode* node = plugin.find("retry");
    if (node == nullptr) return;
    MapReader reader(node, plugin.name("retry"), plugin.context(), plugin.problems());
    reader.read_number("attempts", target.retry_attempts, std::uint32_t{1}, std::uint32_t{1'000'000});
    reader.read_duration("for", target.retry_for, 1s, kYear);
    reader.finish();
}

void read_environment(MapReader& plugin, std::map<std::string, std::string>& target) {
    const YamlNode* node = plugin.find("environment");
    if (node == nullptr) return;
    const std::string what = plugin.name("environment");
    if (node->kind != YamlNode::Kind::map) {
        plugin.problems().add(node->position(),
                              what + ": expected NAME: value pairs, found " + std::string(describe(*node)));
        return;
    }
    for (const YamlEntry& entry : node->entries) {
        if (entry.key.empty() || entry.key.find('=') != std::string::npos) {
            plugin.problems().add(entry.position, what + ": '" + entry.key + "' cannot be a variable's name");
        } else if (entry.value.kind == YamlNode::Kind::null) {
            target.erase(entry.key);  // takes away what plugin_defaults gave
        } else if (auto value = as_text(entry.value, what + "." + entry.key, plugin.problems())) {
            target[entry.key] = std::move(*value);
        }
    }
}

void read_window(MapReader& reader, std::uint32_t& window) {
    const YamlNode* node = reader.find("window");
    if (node == nullptr) return;
    std::uint32_t value = window;
    reader.read_number("window", value, std::uint32_t{1}, std::uint32_t{65536});
    if (!std::has_single_bit(value)) {
        reader.problems().add(node->position(), reader.name("window") + ": must be a power of two; " +
                                                    std::to_string(std::bit_ceil(value)) + " is the next");
        return;
    }
    window = value;
}

void read_watchdog(MapReader& reader, PluginConfig& plugin) {
    reader.read_duration("callback_warn", plugin.callback_warn, 10ms, kYear);
    reader.read_duration("callback_timeout", plugin.callback_timeout, 10ms, kYear);
    reader.read_duration("silence_timeout", plugin.silence_timeout, 10ms, kYear);
    if (plugin.callback_warn <= plugin.callback_timeout) return;
    if (const YamlNode* node = reader.find("callback_warn")) {
        reader.problems().add(node->position(),
                              reader.name("callback_warn") + ": " + format_duration(plugin.callback_warn) +
                                  " is longer than callback_timeout, " + format_duration(plugin.callback_timeout));
    }
    plugin.callback_warn = plugin.callback_timeout;  // only the limit was asked for: nothing to warn of before it
}

void read_failure(MapReader& reader, PluginConfig& plugin) {
    reader.read_choice<OnErrorChoice>("on_error", plugin.on_error,
                                      {{"disable", OnErrorChoice::disable},
                                       {"skip", OnErrorChoice::skip},
                                       {"retry", OnErrorChoice::retry},
                                       {"hold", OnErrorChoice::hold}});
    reader.read_choice<OnCrashChoice>("on_crash", plugin.on_crash,
                                      {{"disable", OnCrashChoice::disable},
                                       {"restart", OnCrashChoice::restart},
                                       {"quarantine", OnCrashChoice::quarantine}});
    reader.read_number("restarts", plugin.restarts, std::uint32_t{1}, std::uint32_t{1'000'000});
    reader.read_duration("restart_window", plugin.restart_window, 1s, kYear);
    read_retry(reader, plugin);
}

}  // namespace

PluginConfig read_plugin(const YamlNode& node, const std::string& path, PluginConfig base, bool named,
                         const ReadingContext& context, Problems& problems) {
    PluginConfig plugin = std::move(base);
    plugin.position = node.position();
    MapReader reader(&node, path, context, problems);
    reader.read("enabled", plugin.enabled);
    read_start(reader, plugin.start);
    read_failure(reader, plugin);
    reader.read("after", plugin.after);
    reader.read_choice<WhenDisabledChoice>("when_disabled", plugin.when_disabled,
                                           {{"pass", WhenDisabledChoice::pass}, {"wait", WhenDisabledChoice::wait}});
    reader.read("dry_run", plugin.dry_run);
    reader.read_choice<std::optional<bool>>("own_events", plugin.skip_own_events, {{"take", false}, {"skip", true}});
    read_watchdog(reader, plugin);
    read_limits(reader, plugin.limits);
    read_environment(reader, plugin.environment);
    read_window(reader, plugin.window);
    reader.read("sites", plugin.sites);
    read_plugin_mail(reader, plugin.mail);
    if (named) {
        reader.read("state_of", plugin.state_of);
        if (const YamlNode* settings = reader.find("settings")) {
            if (settings->kind != YamlNode::Kind::map) {
                problems.add(settings->position(), reader.name("settings") + ": expected a mapping, found " +
                                                       std::string(describe(*settings)));
            } else {
                plugin.settings = *settings;
            }
        }
    }
    reader.finish();
    return plugin;
}

}  // namespace foley::core
