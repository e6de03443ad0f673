#include "core/foleyctl/commands.hpp"
#include "core/http/message.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <thread>

namespace foley::core {
namespace {

using Show = void (*)(const Screen&, const json::Value&);

// Asks and prints: for programs as it came, for people by `show`.
CtlExit ask_and_show(Session& session, const std::string& target, Show show) {
    const std::string answer = session.daemon().get(target);
    if (session.as_json) {
        std::cout << answer << '\n';
    } else {
        show(session.screen(), json::parse(answer));
    }
    return CtlExit::ok;
}

CtlExit status(Session& session) {
    const std::string status = session.daemon().get("/v1/status");
    const std::string plugins = session.daemon().get("/v1/plugins");
    const std::string sources = session.daemon().get("/v1/sources");
    bool well = false;
    if (session.as_json) {
        std::ostream nowhere(nullptr);
        well = show_status({nowhere, false}, json::parse(status), json::parse(plugins), json::parse(sources));
        std::cout << "{\"well\":" << (well ? "true" : "false") << ",\"status\":" << status
                  << ",\"plugins\":" << json::stringify(json::find(json::parse(plugins), "plugins"))
                  << ",\"sources\":" << json::stringify(json::find(json::parse(sources), "sources")) << "}\n";
    } else {
        well = show_status(session.screen(), json::parse(status), json::parse(plugins), json::parse(sources));
    }
    return well ? CtlExit::ok : CtlExit::unwell;
}

// One source by name, picked from the list that the daemon gives.
CtlExit one_source(Session& session, const std::string& name) {
    const json::Document answer = json::parse(session.daemon().get("/v1/sources"));
    for (const json::Value& source : json::find(answer, "sources").GetArray()) {
        if (json::text_or_empty(source, "name") != name) continue;
        if (session.as_json) {
            std::cout << json::stringify(source) << '\n';
        } else {
            show_source(session.screen(), source);
        }
        return CtlExit::ok;
    }
    throw Refused("there is no source " + name);
}

struct EventsOptions {
    std::optional<std::uint64_t> after;
    std::uint64_t limit = 20;
    bool follow = false;
    bool payload = false;
};

// One event per line for programs, so that following needs no end.
void print_followed(Session& session, const json::Value& events, bool with_head) {
    if (!session.as_json) {
        show_events(session.screen(), events, with_head);
        return;
    }
    for (const json::Value& event : events.GetArray())
        std::cout << json::stringify(event) << '\n';
    std::cout.flush();
}

std::string first_page(const EventsOptions& options) {
    const std::string first = options.after ? fmt::format("after={}", *options.after) : std::string("tail=1");
    return fmt::format("/v1/events?{}&limit={}{}", first, options.limit, options.payload ? "&payload=1" : "");
}

void show_page(const Screen& screen, const json::Value& answer) {
    show_events(screen, json::find(answer, "events"), true);
}

// Shows one answer; the number of its last event, nothing when it has none.
std::optional<std::uint64_t> show_followed(Session& session, const std::string& target, bool with_head) {
    const json::Document answer = json::parse(session.daemon().get(target));
    const json::Value& page = json::find(answer, "events");
    print_followed(session, page, with_head);
    if (!page.IsArray() || page.Empty()) return std::nullopt;
    return static_cast<std::uint64_t>(json::integer(json::find(page[page.Size() - 1], "sequence")).value_or(0));
}

CtlExit follow(Session& session, const EventsOptions& options) {
    constexpr auto kPause = std::chrono::milliseconds(300);
    std::uint64_t last = options.after.value_or(0);
    std::optional<std::uint64_t> shown = show_followed(session, first_page(options), true);
    for (;;) {
        if (shown) {
            last = *shown;
        } else {
            std::this_thread::sleep_for(kPause);
        }
        shown = show_followed(
            session, fmt::format("/v1/events?after={}&limit=1000{}", last, options.payload ? "&payload=1" : ""), false);
    }
}

CtlExit events(Session& session, const EventsOptions& options) {
    return options.follow ? follow(session, options) : ask_and_show(session, first_page(options), show_page);
}

void add_events(CLI::App& app, Session& session) {
    auto options = std::make_shared<EventsOptions>();
    auto* command = app.add_subcommand("events", "The newest events of the journal, or those after one");
    command->add_option("--after", options->after, "Begin after this event");
    command->add_option("--limit,--tail,-n", options->limit, "At most so many")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_flag("--follow,-f", options->follow,
                      "Go on as events come, until Ctrl-C; with --json one event per line");
    command->add_flag("--payload", options->payload, "With --json: the whole events");
    command->footer("Examples:\n  foleyctl events -n 50\n  foleyctl events --follow --json --payload | jq .type");
    command->callback(
        [&session, options] { session.chosen = [&session, options] { return events(session, *options); }; });
}

void add_event_views(CLI::App& app, Session& session) {
    auto sequence = std::make_shared<std::uint64_t>(0);
    auto* event = app.add_subcommand("event", "One event, with all that the site sent");
    event->add_option("EVENT", *sequence, "Its number in the journal")->required();
    event->callback([&session, sequence] {
        session.chosen = [&session, sequence] {
            return ask_and_show(session, fmt::format("/v1/events/{}", *sequence), show_event);
        };
    });
    auto* explain = app.add_subcommand("explain", "What became of one event, plugin by plugin, and why");
    explain->add_option("EVENT", *sequence, "Its number in the journal")->required();
    explain->footer("Example:\n  foleyctl explain 4711");
    explain->callback([&session, sequence] {
        session.chosen = [&session, sequence] {
            return ask_and_show(session, fmt::format("/v1/events/{}/explain", *sequence), show_explanations);
        };
    });
}

void add_plugin_views(CLI::App& app, Session& session) {
    auto name = std::make_shared<std::string>();
    auto* plugins = app.add_subcommand("plugins", "All plugins, or one with all there is to say of it");
    plugins->add_option("PLUGIN", *name, "One plugin");
    plugins->callback([&session, name] {
        session.chosen = [&session, name] {
            return name->empty() ? ask_and_show(session, "/v1/plugins", show_plugins)
                                 : ask_and_show(session, "/v1/plugins/" + percent_encoded(*name), show_plugin);
        };
    });
    auto* backlog = app.add_subcommand("backlog", "What waits for a retry, and what waits behind it");
    backlog->add_option("PLUGIN", *name, "Of this plugin")->required();
    backlog->callback([&session, name] {
        session.chosen = [&session, name] {
            return ask_and_show(session, "/v1/backlog/" + percent_encoded(*name), show_backlog);
        };
    });
    auto limit = std::make_shared<unsigned>(3);
    auto* crashes = app.add_subcommand("crashes", "The newest crash reports of a plugin");
    crashes->add_option("PLUGIN", *name, "Of this plugin")->required();
    crashes->add_option("--limit,-n", *limit, "At most so many")->check(CLI::Range(1, 1000))->capture_default_str();
    crashes->callback([&session, name, limit] {
        session.chosen = [&session, name, limit] {
            return ask_and_show(session, fmt::format("/v1/crashes/{}?limit={}", percent_encoded(*name), *limit),
                                show_crashes);
        };
    });
}

}  // namespace

void add_show_commands(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("status", "Is it well? Journal, sources and plugins at a glance");
    command->footer("Ends with 0 when all is well, with 4 when something needs a person.");
    command->callback([&session] { session.chosen = [&session] { return status(session); }; });
    add_plugin_views(app, session);
    auto name = std::make_shared<std::string>();
    auto* sources = app.add_subcommand("sources", "All sources, or one with all there is to say of it");
    sources->add_option("SOURCE", *name, "One source");
    sources->callback([&session, name] {
        session.chosen = [&session, name] {
            return name->empty() ? ask_and_show(session, "/v1/sources", show_sources) : one_source(session, *name);
        };
    });
    add_events(app, session);
    add_event_views(app, session);
}

}  // namespace foley::core
