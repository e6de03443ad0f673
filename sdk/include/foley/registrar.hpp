// Registrar: where a plugin says what it wants to be called for, inside FOLEY_PLUGIN.
//
// Owner: the SDK; valid until the body of FOLEY_PLUGIN returns. What is registered is told to the host after that, in
// order. Throws foley::Error, which refuses the plugin with that sentence, when a declaration makes no sense.
#pragma once

#include <foley/abi.h>
#include <foley/context.hpp>
#include <foley/event.hpp>
#include <foley/outcome.hpp>
#include <foley/settings.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace foley {

// One clause of a filter: alternatives. None, or "*", is any; a trailing "*" makes a prefix ("Shotgun_Task_*").
class Patterns {
public:
    Patterns() = default;
    Patterns(const char* text) : texts_{text} {}
    Patterns(std::string text) : texts_{std::move(text)} {}
    Patterns(std::string_view text) : texts_{std::string(text)} {}
    Patterns(std::initializer_list<std::string> texts) : texts_(texts) {}
    Patterns(std::vector<std::string> texts) : texts_(std::move(texts)) {}

    const std::vector<std::string>& texts() const noexcept { return texts_; }

private:
    std::vector<std::string> texts_;
};

// Which events a callback wants: {.type = "ftrack.update", .attribute = {"status", "priority"}}. All clauses must hold,
// those on attribute and entity_type for one and the same change.
struct Filter {
    Patterns type{};
    Patterns attribute{};
    Patterns entity_type{};
    Patterns project{};  // id or name
    Patterns exclude_project{};
    Patterns source{};
};

// What happens when a callback fails: as configured for the plugin, or one of the policies.
enum class OnError : std::int8_t { as_configured = 0, disable = 1, skip = 2, retry = 3, hold = 4 };

struct CallbackOptions {
    std::string name{};  // in logs and reports; default "on #1 ftrack.update"
    OnError on_error = OnError::as_configured;
    bool name_is_derived = false;  // by the SDK, which then numbers it when it is taken
};

namespace detail {

using EventFunction = std::function<Outcome(const Event&, Context&)>;
using GapFunction = std::function<Outcome(const Gap&, Context&)>;
using ContextFunction = std::function<Outcome(Context&)>;

// A callable that returns Outcome or nothing (which is done), as one that returns Outcome.
template <typename Signature, typename Function, typename... Args>
Signature as_outcome(Function&& function) {
    using Result = std::invoke_result_t<std::decay_t<Function>&, Args...>;
    static_assert(std::is_void_v<Result> || std::is_convertible_v<Result, Outcome>,
                  "A callback returns foley::Outcome (foley::done(), foley::failed(\"why\"), ...) or nothing.");
    if constexpr (std::is_void_v<Result>) {
        return [function = std::forward<Function>(function)](Args... args) mutable -> Outcome {
            function(args...);
            return done();
        };
    } else {
        return Signature(std::forward<Function>(function));
    }
}

// The name of the function `Function`, as the compiler spells it, without its namespaces.
std::string unqualified(std::string_view pretty);
template <auto Function>
std::string name_of() {
    return unqualified(__PRETTY_FUNCTION__);
}

template <typename>
inline constexpr bool kAlwaysFalse = false;

class Registration;

}  // namespace detail

class Registrar {
public:
    explicit Registrar(detail::Registration& registration) noexcept : registration_(registration) {}
    Registrar(const Registrar&) = delete;
    Registrar& operator=(const Registrar&) = delete;

    // ── events ──

    // Calls `function(const Event&, Context&)` for every event that the filter wants. Callbacks of one plugin that want
    // the same event are called in the order of their registration.
    template <typename Function>
    void on(Filter filter, Function&& function, CallbackOptions options = {}) {
        if constexpr (std::is_invocable_v<std::decay_t<Function>&, const Event&, Context&>) {
            add_event(std::move(filter),
                      detail::as_outcome<detail::EventFunction, Function, const Event&, Context&>(
                          std::forward<Function>(function)),
                      std::move(options));
        } else {
            static_assert(detail::kAlwaysFalse<Function>,
                          "A callback for events is a function of (const foley::Event&, foley::Context&).");
        }
    }
    // The same, named after the function: registrar.on<on_status>({.type = "Shotgun_Task_Change"}).
    template <auto Function>
    void on(Filter filter, CallbackOptions options = {}) {
        if (options.name.empty()) {
            options.name = detail::name_of<Function>();
            options.name_is_derived = true;
        }
        on(std::move(filter), Function, std::move(options));
    }

    // Calls `function(const Gap&, Context&)` when a source was away and may have missed events: time to compare.
    template <typename Function>
    void on_gap(Function&& function, CallbackOptions options = {}) {
        on_gap(Patterns{}, std::forward<Function>(function), std::move(options));
    }
    template <typename Function>
    void on_gap(Patterns source, Function&& function, CallbackOptions options = {}) {
        if constexpr (std::is_invocable_v<std::decay_t<Function>&, const Gap&, Context&>) {
            add_gap(std::move(source),
                    detail::as_outcome<detail::GapFunction, Function, const Gap&, Context&>(
                        std::forward<Function>(function)),
                    std::move(options));
        } else {
            static_assert(detail::kAlwaysFalse<Function>,
                          "A callback for gaps is a function of (const foley::Gap&, foley::Context&).");
        }
    }

    // ── time ──

    // Calls `function(Context&)` every `interval`, first one interval after the start; missed ticks coalesce.
    // Timers run between events, never beside one. again_after(): there is more to do, but let events pass.
    template <typename Function>
    void every(Duration interval, Function&& function, CallbackOptions options = {}) {
        if constexpr (std::is_invocable_v<std::decay_t<Function>&, Context&>) {
            add_timer(interval,
                      detail::as_outcome<detail::ContextFunction, Function, Context&>(std::forward<Function>(function)),
                      std::move(options));
        } else {
            static_assert(detail::kAlwaysFalse<Function>, "A callback for timers is a function of (foley::Context&).");
        }
    }

    // ── the plugin's life ──

    // Before the first callback, once. An outcome other than done refuses the start; hold and retry_after: try again.
    template <typename Function>
    void on_start(Function&& function) {
        if constexpr (std::is_invocable_v<std::decay_t<Function>&, Context&>) {
            set_start(
                detail::as_outcome<detail::ContextFunction, Function, Context&>(std::forward<Function>(function)));
        } else {
            static_assert(detail::kAlwaysFalse<Function>, "on_start takes a function of (foley::Context&).");
        }
    }
    // After the last callback of an orderly end, once.
    template <typename Function>
    void on_stop(Function&& function) {
        if constexpr (std::is_invocable_v<std::decay_t<Function>&, Context&>) {
            set_stop([function = std::forward<Function>(function)](Context& context) mutable {
                static_cast<void>(function(context));
            });
        } else {
            static_assert(detail::kAlwaysFalse<Function>, "on_stop takes a function of (foley::Context&).");
        }
    }

    // ── settings (settings.hpp) ──

    // A setting with a default; its type is the default's: true, 5, 0.5, "text", 5s, 64_MiB, std::filesystem::path,
    // std::vector<std::string>, SettingMap.
    template <typename Default>
    Setting<detail::setting_type_t<Default>> setting(std::string name, const Default& value, std::string description) {
        using T = detail::setting_type_t<Default>;
        static_assert(!std::is_enum_v<T>, "A setting that is an enum is declared with registrar.choice().");
        static_assert(!std::is_same_v<T, Secret>,
                      "A secret has no default: registrar.required<foley::Secret>() or "
                      "registrar.optional<foley::Secret>().");
        if constexpr (std::is_same_v<T, Duration>) {
            return Setting<T>(add_setting(std::move(name), std::chrono::ceil<Duration>(value), std::move(description)));
        } else {
            return Setting<T>(add_setting(std::move(name), T(value), std::move(description)));
        }
    }
    // A setting without a default, which must be configured.
    template <typename T>
    Setting<T> required(std::string name, std::string description) {
        static_assert(!std::is_enum_v<T>, "A setting that is an enum is declared with registrar.choice().");
        return Setting<T>(add_setting(std::move(name), T{}, std::move(description), true));
    }
    // A setting that is empty (zero, false) when it is not configured.
    template <typename T>
    Setting<T> optional(std::string name, std::string description) {
        static_assert(!std::is_enum_v<T>, "A setting that is an enum is declared with registrar.choice().");
        return Setting<T>(add_setting(std::move(name), T{}, std::move(description)));
    }
    // One of several words, read as an enum.
    template <typename Enum>
    Setting<Enum> choice(std::string name, Enum value, const std::vector<std::pair<std::string, Enum>>& choices,
                         std::string description) {
        static_assert(std::is_enum_v<Enum>,
                      "registrar.choice() reads its setting as an enum; for texts use "
                      "registrar.setting(name, \"default\", description).choices({...}).");
        std::vector<std::pair<std::string, std::int64_t>> values;
        values.reserve(choices.size());
        for (const auto& [text, each] : choices)
            values.emplace_back(text, static_cast<std::int64_t>(each));
        return Setting<Enum>(
            add_choice(std::move(name), static_cast<std::int64_t>(value), std::move(values), std::move(description)));
    }

    // The plugin's log, for what is said while it registers.
    const Logger& log() const noexcept;

private:
    void add_event(Filter filter, detail::EventFunction function, CallbackOptions options);
    void add_gap(Patterns source, detail::GapFunction function, CallbackOptions options);
    void add_timer(Duration interval, detail::ContextFunction function, CallbackOptions options);
    void set_start(detail::ContextFunction function);
    void set_stop(std::function<void(Context&)> function);
    std::shared_ptr<detail::SettingSlot> add_setting(std::string name, detail::SettingValue value,
                                                     std::string description, bool required = false);
    std::shared_ptr<detail::SettingSlot> add_choice(std::string name, std::int64_t value,
                                                    std::vector<std::pair<std::string, std::int64_t>> choices,
                                                    std::string description);

    detail::Registration& registration_;
};

}  // namespace foley
