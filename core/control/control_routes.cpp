#include "core/control/control_routes.hpp"

#include "core/control/json_fields.hpp"
#include "core/control/request_fields.hpp"

#include <foley/abi.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include <unistd.h>

namespace foley::core {
namespace {

constexpr std::uint64_t kMostListed = 1000;
constexpr std::size_t kMostPayload = std::size_t{64} << 20;  // in one answer

using Context = std::shared_ptr<const ControlContext>;
using Answer = std::function<void(const HttpRequest&, const Responder&)>;

// Turns a BadRequest into a 400.
HttpHandler guarded(Answer answer) {
    return [answer = std::move(answer)](const HttpRequest& request, const Responder& respond) {
        try {
            answer(request, respond);
        } catch (const BadRequest& error) {
            respond.error(400, error.what());
        }
    };
}

// Answers and logs what was done by hand.
Engine::Done finish(const Context& context, const HttpRequest& request, const Responder& respond) {
    return [context, path = request.path, respond](const std::string& error) {
        if (error.empty()) {
            context->log(FOLEY_LOG_INFO, "by hand: " + path);
            respond.json("{\"done\":true}");
        } else {
            context->log(FOLEY_LOG_WARNING, "by hand: " + path + ": refused: " + error);
            respond.error(409, error);
        }
    };
}

void answer_status(const Context& context, const Responder& respond) {
    std::map<std::string_view, std::uint64_t> plugins, sources;
    for (const PluginStatus& plugin : context->engine.plugins())
        ++plugins[to_string(plugin.state)];
    for (const SourceStatus& source : context->engine.sources())
        ++sources[to_string(source.state)];
    JsonText out;
    out.open_object().field("version", context->version).field("pid", std::int64_t{::getpid()});
    out.field("now", context->clock.now());
    write(out, context->engine.status());
    out.key("plugins").open_object();
    for (const auto& [state, count] : plugins)
        out.field(state, count);
    out.close_object().key("sources").open_object();
    for (const auto& [state, count] : sources)
        out.field(state, count);
    out.close_object().close_object();
    respond.json(out.take());
}

void answer_plugins(const Context& context, const Responder& respond) {
    JsonText out;
    out.open_object().key("plugins").open_array();
    for (const PluginStatus& plugin : context->engine.plugins())
        write(out, plugin, context->clock.now(), false);
    out.close_array().close_object();
    respond.json(out.take());
}

void answer_plugin(const Context& context, const HttpRequest& request, const Responder& respond) {
    const std::string& name = request.capture("name");
    const std::optional<PluginStatus> plugin = context->engine.plugin(name);
    if (!plugin) return respond.error(404, "there is no plugin " + name);
    JsonText out;
    write(out, *plugin, context->clock.now(), true);
    respond.json(out.take());
}

void answer_sources(const Context& context, const Responder& respond) {
    JsonText out;
    out.open_object().key("sources").open_array();
    for (const SourceStatus& source : context->engine.sources())
        write(out, source);
    out.close_array().close_object();
    respond.json(out.take());
}

void answer_events(const Context& context, const HttpRequest& request, const Responder& respond) {
    const Sequence after{query_number(request, "after", 0)};
    const auto limit = std::clamp<std::uint64_t>(query_number(request, "limit", 100), 1, kMostListed);
    const bool tail = query_flag(request, "tail");
    const bool payload = query_flag(request, "payload");
    context->engine.events(after, limit, tail, [respond, payload](const std::string& error, const Engine::Page& page) {
        if (!error.empty()) {
            respond.error(503, error);
            return;
        }
        JsonText out;
        std::size_t bytes = 0;
        out.open_object().key("events").open_array();
        for (const auto& event : page.events) {
            bytes += event->payload.size();
            write(out, *event, payload && bytes <= kMostPayload);
        }
        out.close_array().close_object();
        respond.json(out.take());
    });
}

void answer_event(const Context& context, const HttpRequest& request, const Responder& respond) {
    const Sequence sequence = captured_sequence(request);
    context->engine.event(sequence, [respond, sequence](const std::string& error, std::shared_ptr<const Event> event) {
        if (!error.empty()) {
            respond.error(503, error);
        } else if (!event) {
            respond.error(404, "the journal does not hold event " + std::to_string(sequence.value));
        } else {
            JsonText out;
            write(out, *event, true);
            respond.json(out.take());
        }
    });
}

void answer_explain(const Context& context, const HttpRequest& request, const Responder& respond) {
    const Sequence sequence = captured_sequence(request);
    context->engine.explain(sequence, [respond, sequence](const std::string& error, const auto& plugins) {
        if (!error.empty()) {
            respond.error(409, error);
            return;
        }
        JsonText out;
        out.open_object().field("sequence", sequence).key("plugins").open_array();
        for (const auto& [name, sentence] : plugins) {
            out.open_object().field("plugin", name).field("explanation", sentence).close_object();
        }
        out.close_array().close_object();
        respond.json(out.take());
    });
}

void answer_emit(const Context& context, const HttpRequest& request, const Responder& respond) {
    auto events = emitted_events(request, context->clock.now());
    context->engine.emit(std::move(events), [respond](const std::string& error, const AppendResult& result) {
        if (!error.empty()) {
            respond.error(503, error);
            return;
        }
        JsonText out;
        out.open_object().field("appended", std::uint64_t{result.appended});
        out.field("duplicates", std::uint64_t{result.duplicates}).field("head", result.head).close_object();
        respond.json(out.take());
    });
}

void write_entry(JsonText& out, const RetryEntry& entry) {
    out.open_object().field("state", entry.state == RetryEntry::State::held ? "held" : "waiting");
    if (entry.state == RetryEntry::State::held) {
        out.field("behind", entry.behind);
    } else {
        out.field("not_before", entry.not_before);
    }
    write(out, entry.record);
    out.key("event");
    write(out, *entry.event, false);
    out.close_object();
}

void answer_backlog(const Context& context, const HttpRequest& request, const Responder& respond) {
    context->engine.backlog(request.capture("name"),
                            [respond](const std::string& error, const std::vector<RetryEntry>& entries) {
                                if (!error.empty()) {
                                    respond.error(409, error);
                                    return;
                                }
                                JsonText out;
                                out.open_object().key("backlog").open_array();
                                for (const RetryEntry& entry : entries)
                                    write_entry(out, entry);
                                out.close_array().close_object();
                                respond.json(out.take());
                            });
}

void answer_dead_letters(const Context& context, const HttpRequest& request, const Responder& respond) {
    const bool payload = query_flag(request, "payload");
    context->engine.dead_letters(
        request.parameter("plugin").value_or(""), [respond, payload](const std::string& error, const auto& letters) {
            if (!error.empty()) {
                respond.error(409, error);
                return;
            }
            JsonText out;
            std::size_t bytes = 0;
            out.open_object().key("dead_letters").open_array();
            for (const auto& [plugin, letter] : letters) {
                bytes += letter.event->payload.size();
                out.open_object().field("plugin", plugin).field("reason", letter.reason).field("at", letter.at);
                write(out, letter.record);
                out.key("event");
                write(out, *letter.event, payload && bytes <= kMostPayload);
                out.close_object();
            }
            out.close_array().close_object();
            respond.json(out.take());
        });
}

void answer_crashes(const Context& context, const HttpRequest& request, const Responder& respond) {
    const auto limit = std::clamp<std::uint64_t>(query_number(request, "limit", 20), 1, kMostListed);
    context->engine.crash_reports(request.capture("name"), limit,
                                  [respond](const std::string& error, const std::vector<CrashReport>& reports) {
                                      if (!error.empty()) {
                                          respond.error(409, error);
                                          return;
                                      }
                                      std::string body = "{\"crashes\":[";
                                      for (const CrashReport& report : reports) {
                                          if (&report != reports.data()) body += ',';
                                          body += to_json(report);
                                      }
                                      respond.json(body + "]}");
                                  });
}

// Routes that tell a plugin to do something and take no body.
void add_plugin_deeds(Router& router, const Context& context) {
    using Deed = void (Engine::*)(const std::string&, Engine::Done);
    const std::initializer_list<std::pair<const char*, Deed>> deeds{{"pause", &Engine::pause},
                                                                    {"resume", &Engine::resume},
                                                                    {"reload", &Engine::reload},
                                                                    {"rollback", &Engine::rollback},
                                                                    {"forget", &Engine::forget}};
    for (const auto& [word, deed] : deeds) {
        router.add("POST", "/v1/plugins/{name}/" + std::string(word),
                   guarded([context, deed = deed](const HttpRequest& request, const Responder& respond) {
                       body_object(request, {});
                       (context->engine.*deed)(request.capture("name"), finish(context, request, respond));
                   }));
    }
}

void add_plugin_orders(Router& router, const Context& context) {
    router.add("POST", "/v1/plugins/{name}/enable",
               guarded([context](const HttpRequest& request, const Responder& respond) {
                   const json::Document body = body_object(request, {"skip_event"});
                   context->engine.enable(request.capture("name"), json::is_true(json::member(body, "skip_event")),
                                          finish(context, request, respond));
               }));
    router.add("POST", "/v1/plugins/{name}/disable",
               guarded([context](const HttpRequest& request, const Responder& respond) {
                   const json::Document body = body_object(request, {"why"});
                   context->engine.disable(request.capture("name"), std::string(json::text_or_empty(body, "why")),
                                           finish(context, request, respond));
               }));
    router.add(
        "POST", "/v1/plugins/{name}/seek", guarded([context](const HttpRequest& request, const Responder& respond) {
            context->engine.seek(request.capture("name"), start_rule(request), finish(context, request, respond));
        }));
    router.add("POST", "/v1/plugins/{name}/replay",
               guarded([context](const HttpRequest& request, const Responder& respond) {
                   context->engine.replay(request.capture("name"), replayed_events(request),
                                          finish(context, request, respond));
               }));
}

void add_dead_letter_orders(Router& router, const Context& context) {
    router.add("POST", "/v1/dead-letters/{name}/{sequence}/retry",
               guarded([context](const HttpRequest& request, const Responder& respond) {
                   context->engine.retry_dead_letter(request.capture("name"), captured_sequence(request),
                                                     finish(context, request, respond));
               }));
    router.add("POST", "/v1/dead-letters/{name}/{sequence}/drop",
               guarded([context](const HttpRequest& request, const Responder& respond) {
                   context->engine.drop_dead_letter(request.capture("name"), captured_sequence(request),
                                                    finish(context, request, respond));
               }));
}

void add_source_orders(Router& router, const Context& context) {
    for (const bool paused : {true, false}) {
        router.add("POST", std::string("/v1/sources/{name}/") + (paused ? "pause" : "resume"),
                   guarded([context, paused](const HttpRequest& request, const Responder& respond) {
                       context->engine.pause_source(request.capture("name"), paused, finish(context, request, respond));
                   }));
    }
}

}  // namespace

Router make_control_routes(ControlContext given) {
    const auto context = std::make_shared<const ControlContext>(std::move(given));
    const auto with_request = [&context](auto answer) {
        return guarded([context, answer](const HttpRequest& request, const Responder& respond) {
            answer(context, request, respond);
        });
    };
    const auto without_request = [&context](auto answer) {
        return guarded(
            [context, answer](const HttpRequest& /*request*/, const Responder& respond) { answer(context, respond); });
    };
    Router router;
    router.add("GET", "/v1/status", without_request(answer_status));
    router.add("GET", "/v1/plugins", without_request(answer_plugins));
    router.add("GET", "/v1/plugins/{name}", with_request(answer_plugin));
    router.add("GET", "/v1/sources", without_request(answer_sources));
    router.add("GET", "/v1/events", with_request(answer_events));
    router.add("POST", "/v1/events", with_request(answer_emit));
    router.add("GET", "/v1/events/{sequence}", with_request(answer_event));
    router.add("GET", "/v1/events/{sequence}/explain", with_request(answer_explain));
    router.add("GET", "/v1/backlog/{name}", with_request(answer_backlog));
    router.add("GET", "/v1/dead-letters", with_request(answer_dead_letters));
    router.add("GET", "/v1/crashes/{name}", with_request(answer_crashes));
    add_plugin_deeds(router, context);
    add_plugin_orders(router, context);
    add_dead_letter_orders(router, context);
    add_source_orders(router, context);
    router.add("POST", "/v1/configuration/reload",
               guarded([context](const HttpRequest& request, const Responder& respond) {
                   context->reload_configuration(finish(context, request, respond));
               }));
    return router;
}

}  // namespace foley::core
