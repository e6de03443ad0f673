// HostApi: what the host offers a plugin: the functions of foley_host, none of which throws or ends the process.
//
// Owner: main, for the whole life of the process. Thread: log and progress any; the rest the main one, from inside a
// call into the plugin.
#pragma once

#include "core/hosting/host/channel.hpp"
#include "core/hosting/host/record_writer.hpp"
#include "core/hosting/host/state_overlay.hpp"
#include "core/hosting/protocol.hpp"

#include <foley/abi.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

class HostApi {
public:
    // `on_other_frame` gets what arrives while a callback waits for an answer. All references outlive the api.
    HostApi(Channel& channel, RecordWriter& record, std::function<void(const Frame&)> on_other_frame);
    HostApi(const HostApi&) = delete;
    HostApi& operator=(const HostApi&) = delete;

    // Stays valid until the process ends.
    const foley_host* abi() const noexcept { return &abi_; }

    struct Callback {
        void* self = nullptr;
        void (*call)(void* self, const foley_event* event, foley_outcome* outcome) = nullptr;
    };
    // Registration is over; what was registered.
    Hello close_registration(const foley_plugin& plugin);
    const std::vector<Callback>& callbacks() const noexcept { return callbacks_; }
    const std::vector<CallbackDeclaration>& declarations() const noexcept { return declared_; }

    // Settings and sites become readable. Throws std::runtime_error when the sites are not a JSON array of objects with
    // names.
    void configure(const StartFrame& start);

    // The event that the following callbacks are for; null: none, or a timer.
    void set_event(const EventFrame* event) noexcept { event_ = event; }
    StateOverlay& state() noexcept { return overlay_; }

    void log(int level, std::string_view text);

private:
    // What foley_host's functions do; each has a static trampoline in the source.
    struct Functions;
    friend struct Functions;

    int add_callback(const foley_callback& given);
    int add_setting(const foley_setting& given);
    int site(std::string_view name, foley_text& out) const;
    int state_get(std::string_view key, foley_text& out);
    int state_write(std::string_view key, std::optional<std::string_view> value);
    int state_list(std::string_view prefix, std::string_view after, std::size_t limit, void* each_self,
                   void (*each)(void*, foley_text, foley_text));
    int reply(std::string_view json);
    void progress(std::string_view what);

    // Only from inside a function of the plugin that may, on the main thread.
    bool may_use_state(const char* function);
    bool on_main_thread() const noexcept;
    int invalid(const std::string& sentence);
    StatePairsFrame fetch(std::string_view prefix, std::string_view after, std::uint32_t limit);
    std::map<std::string, std::string> list(std::string_view prefix, std::string_view after, std::size_t limit);
    std::string await(FrameType type);

    Channel& channel_;
    RecordWriter& record_;
    std::function<void(const Frame&)> on_other_frame_;
    foley_host abi_{};
    bool registering_ = true;
    std::vector<CallbackDeclaration> declared_;
    std::vector<SettingDeclaration> settings_declared_;
    std::vector<Callback> callbacks_;
    bool configured_ = false, dry_run_ = false;
    std::string settings_;
    std::vector<std::pair<std::string, std::string>> sites_;  // name, JSON
    const EventFrame* event_ = nullptr;
    StateOverlay overlay_;
    std::string value_;  // what state_get last gave
    std::uint64_t requests_ = 0;
    std::atomic<std::int64_t> last_progress_{0};  // when a text was last sent, in ms
};

}  // namespace foley::core
