#include "integration/harness/views.hpp"

namespace foley::testing {
namespace {

template <typename... Steps>
std::string text(const json::Value& value, const Steps&... steps) {
    return std::string(json::text_or_empty(value, steps...));
}

template <typename... Steps>
std::uint64_t number(const json::Value& value, const Steps&... steps) {
    return static_cast<std::uint64_t>(json::integer(json::find(value, steps...)).value_or(0));
}

}  // namespace

PluginView plugin_view(const json::Value& value) {
    PluginView view;
    view.name = text(value, "name");
    view.state = text(value, "state");
    view.reason = text(value, "reason");
    view.waits_for = text(value, "waits_for");
    view.file = text(value, "file");
    view.build = text(value, "build");
    view.shadowed = text(value, "shadowed");
    view.reload_problem = text(value, "reload_problem");
    view.last_error = text(value, "last_error");
    view.last_crash = text(value, "last_crash");
    view.pid = static_cast<int>(number(value, "pid"));
    view.position = number(value, "position");
    view.retries = number(value, "backlog", "retries");
    view.held = number(value, "backlog", "held");
    view.dead_letters = number(value, "dead_letters");
    view.lag = number(value, "lag", "events");
    view.in_flight = number(value, "in_flight");
    view.in_callback = number(value, "in_callback");
    view.done = number(value, "counts", "done");
    view.ignored = number(value, "counts", "ignored");
    view.retried = number(value, "counts", "retried");
    view.failed = number(value, "counts", "failed");
    view.expired = number(value, "counts", "expired");
    view.crashes = number(value, "counts", "crashes");
    view.reloads = number(value, "counts", "reloads");
    return view;
}

SourceView source_view(const json::Value& value) {
    SourceView view;
    view.name = text(value, "name");
    view.state = text(value, "state");
    view.detail = text(value, "detail");
    view.events = number(value, "events");
    view.duplicates = number(value, "duplicates");
    view.set_aside = number(value, "set_aside");
    view.reconnects = number(value, "reconnects");
    view.open_gaps = number(value, "open_gaps");
    if (const json::Value& more = json::member(value, "more"); more.IsObject()) {
        for (const auto& one : more.GetObject())
            view.more[text(one.name)] = text(one.value);
    }
    return view;
}

EngineView engine_view(const json::Value& value) {
    EngineView view;
    view.head = number(value, "journal", "head");
    view.journal_problem = text(value, "journal", "problem");
    const json::Value& notes = json::member(value, "notes");
    if (notes.IsArray()) {
        for (const json::Value& note : notes.GetArray())
            view.notes.push_back(text(note));
    }
    return view;
}

}  // namespace foley::testing
