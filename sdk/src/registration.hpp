// Registration: what one plugin registered, and the functions that the host calls. Internal to the SDK.
//
// Made when the host calls the entry function and alive until the plugin's stop, or else until the process ends.
// Thread: the host's main one. No exception leaves a function that the host calls.
#pragma once

#include <foley/plugin.hpp>

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace foley::detail {

class Registration {
public:
    // host must outlive the registration; it is valid until the plugin ends.
    explicit Registration(const foley_host& host) noexcept : host_(host), logger_(host) {}
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

    const Logger& log() const noexcept { return logger_; }

    // Throw Error when the declaration makes no sense.
    void add_event(Filter filter, EventFunction function, CallbackOptions options);
    void add_gap(Patterns source, GapFunction function, CallbackOptions options);
    void add_timer(Duration interval, ContextFunction function, CallbackOptions options);
    void set_start(ContextFunction function);
    void set_stop(std::function<void(Context&)> function);
    std::shared_ptr<SettingSlot> add_setting(SettingSlot slot);

    // Tells the host all of it, settings first. Throws Error when the host refuses.
    void announce();

    // Registers these as the plugin's functions.
    void fill(foley_plugin& plugin) noexcept;

private:
    struct Callback {
        Registration* owner;
        int kind;
        std::string name;
        OnError on_error;
        Filter filter;
        Duration interval;
        std::variant<EventFunction, GapFunction, ContextFunction> function;
    };

    static void call(void* self, const foley_event* event, foley_outcome* outcome) noexcept;
    static void start(void* self, foley_outcome* outcome) noexcept;
    static void stop(void* self) noexcept;

    void add(Callback callback, const CallbackOptions& options, const std::string& default_name);
    bool has_name(std::string_view name) const;
    void announce_setting(SettingSlot& slot);
    void announce_callback(Callback& callback);
    void read_settings();
    Outcome run(Callback& callback, const foley_event* event);
    void report(Outcome outcome, foley_outcome& to);

    const foley_host& host_;
    Logger logger_;
    std::list<Callback> callbacks_;  // the host keeps pointers to them
    std::vector<std::shared_ptr<SettingSlot>> settings_;
    ContextFunction start_;
    std::function<void(Context&)> stop_;
    Outcome last_ = done();  // its text is what the host was given last
};

}  // namespace foley::detail
