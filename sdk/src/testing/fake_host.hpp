// FakeHost: a host in memory, for one plugin. It records what the plugin says, and offers what a real host offers, with
// the same limits. Internal to the SDK.
#pragma once

#include <foley/testing.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace foley::testing {

class FakeHost {
public:
    struct Call {
        void* self;
        void (*function)(void* self, const foley_event* event, foley_outcome* outcome);
    };

    FakeHost();
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    const foley_host& abi() const noexcept { return host_; }

    // What the callback wrote to the store is kept unless it failed.
    void begin(bool someone_waits);
    void end(const Outcome& outcome);
    // The settings as they were configured, as one JSON object, stay as they are from here on.
    void freeze_settings();

    std::vector<LogLine> log() const;
    std::vector<std::string> progress() const;

    std::vector<DeclaredCallback> callbacks;
    std::vector<Call> calls;  // beside callbacks
    std::vector<DeclaredSetting> settings;
    std::map<std::string, std::string> configured;  // name -> JSON
    std::map<std::string, std::string> sites;       // name -> JSON
    std::string default_site;
    std::map<std::string, std::string> state;
    std::vector<std::string> replies;
    bool dry_run = false;
    bool registering = false;

private:
    using Pairs = std::map<std::string, std::string>;

    static FakeHost& of(void* self) { return *static_cast<FakeHost*>(self); }
    static int add_callback(void* self, const foley_callback* callback);
    static int add_setting(void* self, const foley_setting* setting);
    static void write_log(void* self, std::int32_t level, foley_text text);
    static void note_progress(void* self, foley_text what);
    static foley_text all_settings(void* self);
    static int site(void* self, foley_text name, foley_text* out);
    static int is_dry_run(void* self);
    static int state_get(void* self, foley_text key, foley_text* out);
    static int state_put(void* self, foley_text key, foley_text value);
    static int state_erase(void* self, foley_text key);
    static int state_list(void* self, foley_text prefix, foley_text after, std::size_t limit, void* each_self,
                          void (*each)(void* each_self, foley_text key, foley_text value));
    static int reply(void* self, foley_text json);

    int write_state(std::string_view key, std::optional<std::string> value);
    Pairs visible_state() const;

    foley_host host_{};
    mutable std::mutex mutex_;  // of the two below, which any thread may write
    std::vector<LogLine> log_;
    std::vector<std::string> progress_;
    std::string settings_text_ = "{}";
    std::string read_;                                           // what state_get gave out
    std::map<std::string, std::optional<std::string>> written_;  // by the present callback
    bool in_callback_ = false;
    bool someone_waits_ = false;
};

}  // namespace foley::testing
