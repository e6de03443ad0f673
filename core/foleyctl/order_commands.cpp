#include "core/config/units.hpp"
#include "core/event/number_ranges.hpp"
#include "core/foleyctl/commands.hpp"
#include "core/foleyctl/plain_text.hpp"
#include "core/http/message.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iostream>
#include <vector>

namespace foley::core {
namespace {

CtlExit done(Session& session, const std::string& answer, const std::string& sentence) {
    std::cout << (session.as_json ? answer : one_line(sentence)) << '\n';
    return CtlExit::ok;
}

std::string plugin_target(const std::string& name, const std::string& deed) {
    return "/v1/plugins/" + percent_encoded(name) + "/" + deed;
}

// A command that names a plugin and nothing more.
void add_simple(CLI::App& app, Session& session, const std::string& deed, const std::string& help,
                const std::string& past) {
    auto name = std::make_shared<std::string>();
    auto* command = app.add_subcommand(deed, help);
    command->add_option("PLUGIN", *name, "The plugin")->required();
    command->callback([&session, name, deed, past] {
        session.chosen = [&session, name, deed, past] {
            return done(session, session.daemon().post(plugin_target(*name, deed)), *name + " " + past);
        };
    });
}

// pause and resume take a plugin or a source.
void add_pause(CLI::App& app, Session& session, const std::string& deed, const std::string& help,
               const std::string& past) {
    auto name = std::make_shared<std::string>();
    auto is_source = std::make_shared<bool>(false);
    auto* command = app.add_subcommand(deed, help);
    command->add_option("NAME", *name, "The plugin")->required();
    command->add_flag("--source", *is_source, "NAME is a source");
    command->callback([&session, name, is_source, deed, past] {
        session.chosen = [&session, name, is_source, deed, past] {
            const std::string target =
                *is_source ? "/v1/sources/" + percent_encoded(*name) + "/" + deed : plugin_target(*name, deed);
            return done(session, session.daemon().post(target), *name + " " + past);
        };
    });
}

void add_enable(CLI::App& app, Session& session) {
    auto name = std::make_shared<std::string>();
    auto skip = std::make_shared<bool>(false);
    auto* command = app.add_subcommand("enable", "Run a disabled plugin again, from the event that it failed at");
    command->add_option("PLUGIN", *name, "The plugin")->required();
    command->add_flag("--skip-event", *skip, "Make the event that it failed at a dead letter and go on with the next");
    command->footer("Example:\n  foleyctl enable hammertrack --skip-event");
    command->callback([&session, name, skip] {
        session.chosen = [&session, name, skip] {
            const std::string body = *skip ? R"({"skip_event":true})" : "{}";
            return done(session, session.daemon().post(plugin_target(*name, "enable"), body), *name + " is enabled");
        };
    });
}

void add_disable(CLI::App& app, Session& session) {
    auto name = std::make_shared<std::string>();
    auto why = std::make_shared<std::string>();
    auto* command =
        app.add_subcommand("disable", "Take a plugin's events away until it is enabled or its file changes");
    command->add_option("PLUGIN", *name, "The plugin")->required();
    command->add_option("--why", *why, "Shown in the status");
    command->callback([&session, name, why] {
        session.chosen = [&session, name, why] {
            const std::string body = why->empty() ? "{}" : "{\"why\":" + json::quote(*why) + "}";
            return done(session, session.daemon().post(plugin_target(*name, "disable"), body), *name + " is disabled");
        };
    });
}

struct SeekOptions {
    std::string plugin, to, time, source, id;
    std::optional<std::uint64_t> after, handled;
    std::vector<std::string> missing;
};

// A position that another daemon had.
std::string handled_body(const SeekOptions& options) {
    std::string missing;
    for (const std::string& ids : options.missing) {
        if (!parse_range(ids)) throw CLI::ValidationError("--missing", "'" + ids + "' is neither an id nor a range");
        missing += (missing.empty() ? "" : ",") + json::quote(ids);
    }
    return fmt::format(R"({{"source":{},"handled":{},"missing":[{}]}})", json::quote(options.source), *options.handled,
                       missing);
}

std::string seek_body(const SeekOptions& options) {
    const int ways = (options.to.empty() ? 0 : 1) + (options.time.empty() ? 0 : 1) + (options.after ? 1 : 0) +
                     (options.source.empty() && options.id.empty() ? 0 : 1);
    const bool by_source = (!options.id.empty() || options.handled) && !(!options.id.empty() && options.handled);
    if (ways != 1 || options.source.empty() == by_source || (!options.missing.empty() && !options.handled)) {
        throw CLI::ValidationError("seek", "say one of --to, --after, --time, or --source with --id or with --handled");
    }
    if (options.handled) return handled_body(options);
    if (!options.to.empty()) return "{\"to\":" + json::quote(options.to) + "}";
    if (options.after) return fmt::format("{{\"after\":{}}}", *options.after);
    if (options.time.empty()) {
        return "{\"source\":" + json::quote(options.source) + ",\"id\":" + json::quote(options.id) + "}";
    }
    const auto time = parse_time(options.time);
    if (!time) throw CLI::ValidationError("--time", "expected a time such as 2026-11-21T09:30:00+01:00");
    return "{\"time\":" + json::quote(format_time(*time)) + "}";
}

void add_seek(CLI::App& app, Session& session) {
    auto options = std::make_shared<SeekOptions>();
    auto* command = app.add_subcommand("seek", "Move a plugin's position; it handles what comes after it (again)");
    command->add_option("PLUGIN", options->plugin, "The plugin")->required();
    command->add_option("--to", options->to, "The newest event, or the oldest that is kept")
        ->check(CLI::IsMember({"latest", "earliest"}));
    command->add_option("--after", options->after, "After this event of the journal");
    command->add_option("--time", options->time, "The first event received then or later; UTC without an offset");
    command->add_option("--source", options->source, "With --id: at the event of this source");
    command->add_option("--id", options->id, "With --source: the source's own id, that event included");
    command->add_option("--handled", options->handled,
                        "With --source: behind this id of the source, which another daemon had handled");
    command->add_option("--missing", options->missing,
                        "With --handled: ids below it, and ranges, that were not handled");
    command->footer(
        "Examples:\n  foleyctl seek hammertrack --to latest\n"
        "  foleyctl seek hammertrack --time 2026-11-21T09:30:00+01:00\n"
        "  foleyctl seek assets --source shotgrid --handled 4711 --missing 4702 4705-4707");
    command->callback([&session, options] {
        const std::string body = seek_body(*options);
        session.chosen = [&session, options, body] {
            return done(session, session.daemon().post(plugin_target(options->plugin, "seek"), body),
                        options->plugin + " has moved");
        };
    });
}

std::uint64_t event_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value > 0) return value;
    throw CLI::ValidationError("EVENTS", "expected numbers and ranges such as 4711 or 4711-4720");
}

// "5", "7-9" becomes 5, 7, 8, 9.
std::string replay_body(const std::vector<std::string>& events) {
    constexpr std::uint64_t kMost = 100'000;
    std::string list;
    for (const std::string& text : events) {
        const auto dash = text.find('-');
        const std::uint64_t from = event_number(std::string_view(text).substr(0, dash));
        const std::uint64_t to =
            dash == std::string::npos ? from : event_number(std::string_view(text).substr(dash + 1));
        if (to < from || to - from >= kMost)
            throw CLI::ValidationError("EVENTS", text + " is no range, or too long a one");
        for (std::uint64_t event = from; event <= to; ++event)
            list += fmt::format("{}{}", list.empty() ? "" : ",", event);
    }
    return "{\"events\":[" + list + "]}";
}

void add_replay(CLI::App& app, Session& session) {
    auto name = std::make_shared<std::string>();
    auto events = std::make_shared<std::vector<std::string>>();
    auto* command =
        app.add_subcommand("replay", "Hand events of the journal to a plugin once more, its position aside");
    command->add_option("PLUGIN", *name, "The plugin")->required();
    command->add_option("EVENTS", *events, "Numbers and ranges")->required();
    command->footer("Example:\n  foleyctl replay hammertrack 4711 4720-4725");
    command->callback([&session, name, events] {
        const std::string body = replay_body(*events);
        session.chosen = [&session, name, body] {
            return done(session, session.daemon().post(plugin_target(*name, "replay"), body),
                        *name + " gets them again");
        };
    });
}

struct DeadLetterOptions {
    std::string plugin;
    std::vector<std::uint64_t> events;
    bool all = false;
};

// Retries or drops the named ones, or all of a plugin.
CtlExit dead_letter_order(Session& session, const DeadLetterOptions& options, const std::string& deed) {
    std::vector<std::uint64_t> events = options.events;
    if (options.all) {
        const json::Document answer =
            json::parse(session.daemon().get("/v1/dead-letters?plugin=" + percent_encoded(options.plugin)));
        for (const json::Value& letter : json::find(answer, "dead_letters").GetArray()) {
            events.push_back(
                static_cast<std::uint64_t>(json::integer(json::find(letter, "event", "sequence")).value_or(0)));
        }
    }
    for (const std::uint64_t event : events) {
        session.daemon().post(fmt::format("/v1/dead-letters/{}/{}/{}", percent_encoded(options.plugin), event, deed));
    }
    return done(session, fmt::format("{{\"done\":true,\"events\":{}}}", events.size()),
                fmt::format("{} dead {} {}", events.size(), events.size() == 1 ? "letter" : "letters",
                            deed == "retry" ? "will be tried again" : "dropped"));
}

void add_dead_letters(CLI::App& app, Session& session) {
    auto options = std::make_shared<DeadLetterOptions>();
    auto* command = app.add_subcommand("dead-letters", "The events that plugins gave up on; retry or drop them");
    command->add_option("--plugin", options->plugin, "Only of this plugin");
    command->footer(
        "Examples:\n  foleyctl dead-letters\n  foleyctl dead-letters retry hammertrack 4711\n"
        "  foleyctl dead-letters drop hammertrack --all");
    for (const std::string deed : {"retry", "drop"}) {
        auto* order =
            command->add_subcommand(deed, deed == "retry" ? "Into the backlog, to be tried at once" : "Away for good");
        order->add_option("PLUGIN", options->plugin, "The plugin")->required();
        auto* numbers = order->add_option("EVENTS", options->events, "Their numbers");
        order->add_flag("--all", options->all, "All of the plugin")->excludes(numbers);
        order->callback([&session, options, deed] {
            if (options->events.empty() && !options->all) throw CLI::RequiredError("EVENTS or --all");
            session.chosen = [&session, options, deed] { return dead_letter_order(session, *options, deed); };
        });
    }
    command->callback([&session, options, command] {
        if (!command->get_subcommands().empty()) return;
        session.chosen = [&session, options] {
            const std::string answer =
                session.daemon().get("/v1/dead-letters?plugin=" + percent_encoded(options->plugin));
            if (session.as_json) {
                std::cout << answer << '\n';
            } else {
                show_dead_letters(session.screen(), json::parse(answer));
            }
            return CtlExit::ok;
        };
    });
}

}  // namespace

void add_order_commands(CLI::App& app, Session& session) {
    add_enable(app, session);
    add_disable(app, session);
    add_pause(app, session, "pause", "Stop a plugin, or a source, for a while", "is paused");
    add_pause(app, session, "resume", "Let a paused plugin, or source, go on", "goes on");
    add_simple(app, session, "reload", "Load a plugin's library anew, as if its file had changed", "is reloaded");
    add_simple(app, session, "rollback", "Back to the last good copy before the present one", "is rolled back");
    add_seek(app, session);
    add_replay(app, session);
    add_dead_letters(app, session);
    add_simple(app, session, "forget", "Give up the position, backlog and store of an absent plugin", "is forgotten");
    auto* reconfigure = app.add_subcommand("reconfigure", "Read the configuration again, as SIGHUP does");
    reconfigure->callback([&session] {
        session.chosen = [&session] {
            return done(session, session.daemon().post("/v1/configuration/reload"), "the configuration was read again");
        };
    });
}

}  // namespace foley::core
