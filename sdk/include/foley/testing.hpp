// Runs a plugin's callbacks in a test, without a daemon: feeds it events that were saved from a real journal
// (`foleyctl events --json`) or written by hand, and shows what came of them.
//
//     foley::testing::Plugin plugin{"build/plugins/hello.so"};
//     plugin.set("greeting", "Hello").start();
//     const auto results = plugin.deliver(foley::testing::ftrack_event(R"({"topic": "ftrack.update", …})"));
//     foley::testing::expect(results.at(0).outcome.kind() == foley::Outcome::Kind::done, "the event is handled");
//
// Thread: one at a time, but for the log and progress of the plugin's own threads. Throws foley::Error.
#pragma once

#include <foley/abi.h>
#include <foley/plugin.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::testing {

// An event to feed.
struct SavedEvent {
    bool is_gap = false;  // for on_gap; the payload is {"from": microseconds, "until": …, "reason": "…"}
    std::uint64_t sequence = 0;
    std::string source = "test";
    std::string id;
    std::string type;
    Shape shape = Shape::plain;
    std::string payload = "{}";  // JSON
    std::string site;            // name of the site connection
    Timestamp received_at{};
    std::optional<Timestamp> deadline;  // set: someone waits for a reply
    std::uint32_t attempt = 1;
};

// One event as `foleyctl events --json` prints it: an object with a member "payload" and the members above; "kind" and
// "shape" are words, times are microseconds or texts, all but the payload may be missing. An object without a payload
// is taken as a payload of the plain shape. Throws json::ParseError, and Error for a member that makes no sense.
SavedEvent parse_event(std::string_view json);

// A file with one such object per line, or what `foleyctl events --json --payload` printed; empty lines are skipped.
// Errors name the line.
std::vector<SavedEvent> read_events(const std::filesystem::path& file);

// An event from its payload alone; id and type are read from it.
SavedEvent event_from(Shape shape, std::string payload);
inline SavedEvent ftrack_event(std::string payload) {
    return event_from(Shape::ftrack, std::move(payload));
}
inline SavedEvent shotgrid_event(std::string payload) {
    return event_from(Shape::shotgrid, std::move(payload));
}
inline SavedEvent plain_event(std::string payload) {
    return event_from(Shape::plain, std::move(payload));
}

// What one callback made of an event.
struct Result {
    std::string callback;
    Outcome outcome;
};

struct LogLine {
    int level;  // FOLEY_LOG_…
    std::string text;
};

// What the plugin declared.
struct DeclaredCallback {
    std::string name;
    int kind;  // FOLEY_CALLBACK_…
    OnError on_error;
    Filter filter;
    Duration interval;
};
struct DeclaredSetting {
    std::string name;
    int type;  // FOLEY_SETTING_…
    bool required;
    std::string description;
    std::string default_value;  // JSON
    std::string minimum;
    std::string maximum;
    std::vector<std::string> choices;
};

class FakeHost;

class Plugin {
public:
    // Loads a library, as the daemon's host would: with all symbols resolved. It stays loaded.
    explicit Plugin(const std::filesystem::path& library);
    // A plugin that is linked into the test: foley::testing::Plugin plugin{&foley_plugin_v1}.
    explicit Plugin(foley_plugin_entry_v1 entry);
    // A plugin written in the test: what would stand in FOLEY_PLUGIN.
    explicit Plugin(const std::function<void(Registrar&)>& body);
    ~Plugin();
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    // ── configure, before start ──

    template <typename T>
    Plugin& set(std::string name, const T& value) {
        using Type = detail::setting_type_t<T>;
        if constexpr (std::is_same_v<Type, Duration>) {
            return set_value(std::move(name), std::chrono::ceil<Duration>(value));
        } else {
            return set_value(std::move(name), Type(value));
        }
    }
    // The first connection is the default one.
    Plugin& add_site(const SiteConnection& site);
    Plugin& dry_run(bool on = true);
    Plugin& store(std::string key, std::string value);  // in the key-value store, as of an earlier run

    // ── run ──

    // Checks the settings and runs on_start. Throws Error when a setting is configured that the plugin does not
    // declare.
    Outcome start();
    // Calls, in the order of registration, the callbacks whose filter wants the event, up to the first one whose
    // outcome is neither done nor ignored. No result: no callback wants it.
    std::vector<Result> deliver(const SavedEvent& event);
    std::vector<Result> gap(std::string source, std::optional<Timestamp> from, std::optional<Timestamp> until,
                            std::string reason = "the source was away");
    // Runs a timer once, now. Throws Error when there is no timer of that name.
    Outcome tick(std::string_view callback);
    // Runs every timer once.
    std::vector<Result> tick();
    void stop();

    // ── observe ──

    const std::vector<DeclaredCallback>& callbacks() const;
    const std::vector<DeclaredSetting>& settings() const;
    std::string_view sdk_version() const;
    std::vector<LogLine> log() const;
    bool logged(std::string_view part) const;  // some line holds it
    std::vector<std::string> progress() const;
    const std::vector<std::string>& replies() const;          // JSON
    const std::map<std::string, std::string>& state() const;  // the key-value store, without what was dropped

private:
    Plugin& set_value(std::string name, const detail::SettingValue& value);
    void enter(const std::function<int(const foley_host*, foley_plugin*)>& entry);
    Outcome run(std::size_t index, const foley_event* event);

    std::unique_ptr<FakeHost> host_;
    foley_plugin plugin_{};
    bool started_ = false;
    bool stopped_ = false;
};

// For tests without a framework: throws Error with file and line when the condition does not hold.
void expect(bool condition, std::string_view what, const char* file = __builtin_FILE(), int line = __builtin_LINE());

// Runs the tests; prints what was thrown and returns 1, or returns 0. For main().
int run(const std::function<void()>& tests) noexcept;

}  // namespace foley::testing
