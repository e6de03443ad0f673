#include "core/foleyctl/show.hpp"

#include "core/config/units.hpp"
#include "core/foleyctl/plain_text.hpp"
#include "core/foleyctl/table.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace foley::core {
namespace {

using json::find;
using json::text_or_empty;

std::string text(const json::Value& value, const char* name) {
    return std::string(text_or_empty(value, name));
}

std::uint64_t count(const json::Value& value) {
    return static_cast<std::uint64_t>(json::integer(value).value_or(0));
}

// 0 is shown as nothing, so that a column of zeros goes away.
std::string some(const json::Value& value) {
    return count(value) == 0 ? "" : std::to_string(count(value));
}

Colour state_colour(std::string_view state) {
    constexpr std::array<std::string_view, 3> kBad{"disabled", "refused", "stopped_by_journal"};
    constexpr std::array<std::string_view, 5> kWarning{"blocked", "restarting", "waiting", "paused", "absent"};
    if (std::find(kBad.begin(), kBad.end(), state) != kBad.end()) return Colour::bad;
    if (std::find(kWarning.begin(), kWarning.end(), state) != kWarning.end()) return Colour::warning;
    return state == "running" || state == "live" ? Colour::good : Colour::none;
}

// The first sentence that says why something is as it is.
std::string why(const json::Value& plugin) {
    const std::string waits_for = text(plugin, "waits_for");
    if (!waits_for.empty()) return "waits for " + waits_for;
    for (const char* name : {"reason", "reload_problem", "shadowed"}) {
        if (std::string found = text(plugin, name); !found.empty()) return found;
    }
    return {};
}

std::string lag(const json::Value& plugin) {
    const std::uint64_t events = count(find(plugin, "lag", "events"));
    if (events == 0) return "none";
    const auto seconds = std::chrono::seconds(count(find(plugin, "lag", "seconds")));
    return fmt::format("{} {}, {}", events, events == 1 ? "event" : "events", format_duration(seconds));
}

std::string first_line(const std::string& sentence, std::size_t longest = 100) {
    std::string line = sentence.substr(0, sentence.find('\n'));
    if (line.size() <= longest) return line;
    std::size_t cut = longest;
    while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U)
        --cut;
    return line.substr(0, cut) + "…";
}

Table plugin_table(const json::Value& plugins) {
    Table table({"PLUGIN", "STATE", "SINCE", "POSITION", "LAG", "RETRIES", "HELD", "DEAD", "WHY"});
    for (const json::Value& plugin : plugins.GetArray()) {
        const std::string state = text(plugin, "state");
        const bool has_place = state != "available";  // in the journal
        table.add({{text(plugin, "name"), Colour::bold},
                   {state, state_colour(state)},
                   {age(text_or_empty(plugin, "since"))},
                   {has_place ? std::to_string(count(find(plugin, "position"))) : ""},
                   {has_place ? lag(plugin) : ""},
                   {some(find(plugin, "backlog", "retries"))},
                   {some(find(plugin, "backlog", "held"))},
                   {some(find(plugin, "dead_letters"))},
                   {first_line(why(plugin))}});
    }
    return table;
}

Table source_table(const json::Value& sources) {
    Table table({"SOURCE", "KIND", "STATE", "EVENTS", "LAST EVENT", "LAST HEARD", "DETAIL"});
    for (const json::Value& source : sources.GetArray()) {
        const std::string state = text(source, "state");
        table.add({{text(source, "name"), Colour::bold},
                   {text(source, "kind")},
                   {state, state_colour(state)},
                   {std::to_string(count(find(source, "events")))},
                   {age(text_or_empty(source, "last_event_at"))},
                   {age(text_or_empty(source, "last_heard_at"))},
                   {first_line(text(source, "detail"))}});
    }
    return table;
}

void line(const Screen& screen, const char* name, const std::string& value, Colour colour = Colour::none) {
    constexpr std::size_t kNames = 16;
    if (value.empty()) return;
    screen.out << coloured(fmt::format("{:<{}}", one_line(name), kNames), Colour::dim, screen.colours)
               << coloured(indented(value, kNames), colour, screen.colours) << '\n';
}

std::string joined(const json::Value& list) {
    std::string result;
    if (!list.IsArray()) return result;
    for (const json::Value& item : list.GetArray())
        result += (result.empty() ? "" : ", ") + json::to_text(item);
    return result;
}

std::string filter_text(const json::Value& filter) {
    std::string result;
    if (!filter.IsObject()) return result;
    for (const auto& clause : filter.GetObject()) {
        result += fmt::format("{}{} {}", result.empty() ? "" : ", ", text_or_empty(clause.name), joined(clause.value));
    }
    return result.empty() ? "everything" : result;
}

bool needs_a_person(const json::Value& list) {
    for (const json::Value& one : list.GetArray()) {
        const Colour colour = state_colour(text_or_empty(one, "state"));
        const bool on_purpose = text_or_empty(one, "state") == "paused" || text_or_empty(one, "state") == "absent";
        if (colour == Colour::bad || (colour == Colour::warning && !on_purpose)) return true;
    }
    return false;
}

std::string entities(const json::Value& event) {
    std::string result;
    const json::Value& changes = find(event, "changes");
    if (!changes.IsArray()) return result;
    for (const json::Value& change : changes.GetArray()) {
        if (result.size() > 60) return result + " …";
        if (!result.empty()) result += ' ';
        result += text(change, "entity_type") + ":" + text(change, "entity_id");
        if (const std::string attribute = text(change, "attribute"); !attribute.empty()) result += "." + attribute;
    }
    return result;
}

}  // namespace

std::string age(std::string_view time) {
    const auto then = parse_time(time);
    if (!then) return {};
    const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *then).count();
    const auto size = seconds < 0 ? -seconds : seconds;
    const std::string amount = size < 120      ? fmt::format("{}s", size)
                               : size < 7200   ? fmt::format("{}m", size / 60)
                               : size < 172800 ? fmt::format("{}h", size / 3600)
                                               : fmt::format("{}d", size / 86400);
    return seconds < 0 ? "in " + amount : amount + " ago";
}

bool show_status(const Screen& screen, const json::Value& status, const json::Value& plugins,
                 const json::Value& sources) {
    const json::Value& journal = find(status, "journal");
    const std::string problem = text(journal, "problem");
    line(screen, "foleyd",
         fmt::format("{}, process {}, started {}", text(status, "version"), count(find(status, "pid")),
                     age(text_or_empty(status, "started_at"))));
    line(screen, "journal",
         fmt::format("{} {} up to {}, {}", count(find(journal, "events")),
                     count(find(journal, "events")) == 1 ? "event" : "events", count(find(journal, "head")),
                     format_size(count(find(journal, "bytes")))));
    line(screen, "", problem, Colour::bad);
    const json::Value& source_list = find(sources, "sources");
    const json::Value& plugin_list = find(plugins, "plugins");
    const Table source_rows = source_table(source_list);
    const Table plugin_rows = plugin_table(plugin_list);
    screen.out << '\n';
    source_rows.empty() ? void(screen.out << "no sources; only what `foleyctl emit` puts in\n")
                        : source_rows.print(screen.out, screen.colours);
    screen.out << '\n';
    plugin_rows.empty() ? void(screen.out << "no plugins\n") : plugin_rows.print(screen.out, screen.colours);
    if (const json::Value& notes = find(status, "notes"); notes.IsArray() && !notes.Empty()) {
        screen.out << '\n';
        for (const json::Value& note : notes.GetArray())
            line(screen, "note", json::to_text(note), Colour::warning);
    }
    return problem.empty() && !needs_a_person(plugin_list) && !needs_a_person(source_list);
}

void show_plugins(const Screen& screen, const json::Value& answer) {
    const Table table = plugin_table(find(answer, "plugins"));
    table.empty() ? void(screen.out << "no plugins\n") : table.print(screen.out, screen.colours);
}

void show_plugin(const Screen& screen, const json::Value& plugin) {
    const std::string state = text(plugin, "state");
    line(screen, "plugin", text(plugin, "name"), Colour::bold);
    line(screen, "state", state + ", since " + age(text_or_empty(plugin, "since")), state_colour(state));
    line(screen, "why", text(plugin, "reason"));
    line(screen, "waits for", text(plugin, "waits_for"));
    line(screen, "file", text(plugin, "file"));
    line(screen, "build", text(plugin, "build"));
    line(screen, "reload problem", text(plugin, "reload_problem"), Colour::bad);
    line(screen, "shadowed", text(plugin, "shadowed"), Colour::warning);
    line(screen, "process", some(find(plugin, "pid")));
    if (json::is_true(find(plugin, "dry_run"))) line(screen, "dry run", "changes nothing outside");
    if (state != "available") {
        line(screen, "position", std::to_string(count(find(plugin, "position"))));
        line(screen, "lag", lag(plugin));
    }
    line(screen, "in flight", some(find(plugin, "in_flight")));
    line(screen, "in callback", some(find(plugin, "in_callback")));
    const std::string next = age(text_or_empty(plugin, "backlog", "next_retry_at"));
    line(screen, "retries",
         some(find(plugin, "backlog", "retries")) + (next.empty()             ? ""
                                                     : next.ends_with(" ago") ? ", due"
                                                                              : ", next " + next));
    line(screen, "held", some(find(plugin, "backlog", "held")));
    line(screen, "dead letters", some(find(plugin, "dead_letters")));
    std::string counts;
    if (const json::Value& all = find(plugin, "counts"); all.IsObject()) {
        for (const auto& one : all.GetObject()) {
            if (count(one.value) == 0) continue;
            counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", text_or_empty(one.name), count(one.value));
        }
    }
    line(screen, "since start", counts);
    line(screen, "last error", text(plugin, "last_error"), Colour::warning);
    if (const std::string crash = text(plugin, "last_crash"); !crash.empty()) {
        line(screen, "last crash", crash + " (foleyctl crashes " + text(plugin, "name") + ")", Colour::warning);
    }
    if (const json::Value& library = find(plugin, "library"); library.IsObject()) show_library(screen, library);
}

void show_library(const Screen& screen, const json::Value& hello) {
    line(screen, "library",
         fmt::format("ABI {}, SDK {}, {}", text(hello, "abi"), text(hello, "sdk_version"), text(hello, "compiler")));
    Table callbacks({"CALLBACK", "KIND", "TAKES"});
    for (const json::Value& callback : find(hello, "callbacks").GetArray()) {
        const bool timer = text_or_empty(callback, "kind") == "timer";
        const auto interval = std::chrono::microseconds(json::integer(find(callback, "interval_us")).value_or(0));
        callbacks.add({{text(callback, "name")},
                       {text(callback, "kind")},
                       {timer ? "every " + format_duration(interval) : filter_text(find(callback, "filter"))}});
    }
    Table settings({"SETTING", "TYPE", "", "DESCRIPTION"});
    for (const json::Value& setting : find(hello, "settings").GetArray()) {
        settings.add({{text(setting, "name")},
                      {text(setting, "type")},
                      {json::is_true(find(setting, "required")) ? "required" : ""},
                      {text(setting, "description")}});
    }
    if (!callbacks.empty()) callbacks.print(screen.out, screen.colours, "  ");
    if (!settings.empty()) settings.print(screen.out, screen.colours, "  ");
}

void show_sources(const Screen& screen, const json::Value& answer) {
    const Table table = source_table(find(answer, "sources"));
    table.empty() ? void(screen.out << "no sources; only what `foleyctl emit` puts in\n")
                  : table.print(screen.out, screen.colours);
}

void show_source(const Screen& screen, const json::Value& source) {
    const std::string state = text(source, "state");
    line(screen, "source", text(source, "name") + " (" + text(source, "kind") + ")", Colour::bold);
    line(screen, "state", state + ", since " + age(text_or_empty(source, "since")), state_colour(state));
    line(screen, "detail", text(source, "detail"));
    line(screen, "next try", age(text_or_empty(source, "next_try")));
    line(screen, "last event", age(text_or_empty(source, "last_event_at")));
    line(screen, "last heard", age(text_or_empty(source, "last_heard_at")));
    line(screen, "events", std::to_string(count(find(source, "events"))));
    line(screen, "duplicates", some(find(source, "duplicates")));
    line(screen, "set aside", some(find(source, "set_aside")), Colour::warning);
    line(screen, "reconnects", some(find(source, "reconnects")));
    line(screen, "open gaps", some(find(source, "open_gaps")));
    if (const json::Value& more = find(source, "more"); more.IsObject()) {
        for (const auto& one : more.GetObject()) {
            line(screen, std::string(text_or_empty(one.name)).c_str(), json::to_text(one.value));
        }
    }
}

void show_events(const Screen& screen, const json::Value& events, bool with_head) {
    if (with_head) {
        screen.out << coloured(fmt::format("{:>10}  {:<23}  {:<12} {:<28} {}", "EVENT", "RECEIVED", "SOURCE", "TYPE",
                                           "CHANGES"),
                               Colour::dim, screen.colours)
                   << '\n';
    }
    for (const json::Value& event : events.GetArray()) {
        const std::string time = one_line(text_or_empty(event, "received_at").substr(0, 23));
        screen.out << fmt::format("{:>10}  {:<23}  {:<12} {:<28} {}\n", count(find(event, "sequence")), time,
                                  one_line(text(event, "source")), one_line(text(event, "type")),
                                  one_line(entities(event)));
    }
    screen.out.flush();
}

void show_event(const Screen& screen, const json::Value& event) {
    line(screen, "event", std::to_string(count(find(event, "sequence"))), Colour::bold);
    line(screen, "source", text(event, "source") + ", id " + text(event, "id"));
    line(screen, "type", text(event, "type") + " (" + text(event, "shape") + ")");
    line(screen, "received", text(event, "received_at") + ", " + age(text_or_empty(event, "received_at")));
    line(screen, "deadline", text(event, "deadline"));
    line(screen, "user", text(event, "user"));
    line(screen, "projects", joined(find(event, "projects")));
    for (const json::Value& change : find(event, "changes").GetArray()) {
        const std::string attribute = text(change, "attribute");
        line(screen, "change",
             fmt::format("{} {}{}{} {}", text(change, "entity_type"), text(change, "entity_id"),
                         attribute.empty() ? "" : " ", attribute, text(change, "action")));
    }
    screen.out << one_line(json::stringify(find(event, "payload"))) << '\n';
}

void show_explanations(const Screen& screen, const json::Value& answer) {
    Table table({"PLUGIN", "WHAT BECAME OF IT"});
    for (const json::Value& one : find(answer, "plugins").GetArray()) {
        table.add({{text(one, "plugin"), Colour::bold}, {text(one, "explanation")}});
    }
    table.empty() ? void(screen.out << "no plugins\n") : table.print(screen.out, screen.colours);
}

void show_backlog(const Screen& screen, const json::Value& answer) {
    Table table({"EVENT", "STATE", "NEXT", "ATTEMPTS", "TYPE", "REASON"});
    for (const json::Value& entry : find(answer, "backlog").GetArray()) {
        const bool held = text_or_empty(entry, "state") == "held";
        table.add(
            {{std::to_string(count(find(entry, "event", "sequence")))},
             {text(entry, "state")},
             {held ? "after " + std::to_string(count(find(entry, "behind"))) : age(text_or_empty(entry, "not_before"))},
             {some(find(entry, "attempts"))},
             {std::string(text_or_empty(entry, "event", "type"))},
             {first_line(text(entry, "last_reason"))}});
    }
    table.empty() ? void(screen.out << "nothing waits\n") : table.print(screen.out, screen.colours);
}

void show_dead_letters(const Screen& screen, const json::Value& answer) {
    Table table({"PLUGIN", "EVENT", "GIVEN UP", "ATTEMPTS", "TYPE", "REASON"});
    for (const json::Value& letter : find(answer, "dead_letters").GetArray()) {
        table.add({{text(letter, "plugin"), Colour::bold},
                   {std::to_string(count(find(letter, "event", "sequence")))},
                   {age(text_or_empty(letter, "at"))},
                   {some(find(letter, "attempts"))},
                   {std::string(text_or_empty(letter, "event", "type"))},
                   {first_line(text(letter, "reason"))}});
    }
    table.empty() ? void(screen.out << "no dead letters\n") : table.print(screen.out, screen.colours);
}

}  // namespace foley::core
