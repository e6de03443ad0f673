// Setting<T>: a setting that the plugin declared, and the way to its value.
//
// A plugin declares its settings in FOLEY_PLUGIN, with type, default and a sentence; the daemon checks the
// configuration against that before the plugin starts. The handle is cheap to copy; its value can be read from `start`
// on, by get(), from any thread.
//
//     const auto poll = registrar.setting("poll", 5s, "How often to ask the cluster.").range(1s, 1h);
//     registrar.on({.type = "ftrack.update"}, [poll](const foley::Event&, foley::Context& context) {
//         context.log().info("every {}", context.get(poll));
//     });
#pragma once

#include <foley/abi.h>
#include <foley/json.hpp>
#include <foley/outcome.hpp>
#include <foley/secret.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace foley {

// A number of bytes; written "64 MiB" in the configuration.
struct ByteSize {
    std::uint64_t bytes = 0;

    friend constexpr auto operator<=>(ByteSize, ByteSize) = default;
};

constexpr ByteSize operator""_KiB(unsigned long long count) {
    return {count << 10U};
}
constexpr ByteSize operator""_MiB(unsigned long long count) {
    return {count << 20U};
}
constexpr ByteSize operator""_GiB(unsigned long long count) {
    return {count << 30U};
}

// Any mapping, as it stands in the configuration.
class SettingMap {
public:
    SettingMap() : SettingMap("{}") {}  // an empty one
    // `text` is a JSON object. Throws json::ParseError, or Error when it is another value.
    explicit SettingMap(std::string text);

    const json::Value& json() const noexcept { return document_ ? *document_ : json::null(); }
    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
    std::shared_ptr<const json::Document> document_;  // immutable, shared by copies
};

namespace detail {

template <typename T>
struct IsDuration : std::false_type {};
template <typename Rep, typename Period>
struct IsDuration<std::chrono::duration<Rep, Period>> : std::true_type {};

// The type in which a setting declared with a default of type T is read.
template <typename T>
struct SettingTypeOf {
    using type = T;
};
template <std::integral T>
requires(!std::same_as<T, bool>) struct SettingTypeOf<T> {
    using type = std::int64_t;
};
template <std::floating_point T>
struct SettingTypeOf<T> {
    using type = double;
};
template <typename T>
requires(std::is_convertible_v<T, std::string_view> &&
         !std::same_as<T, std::filesystem::path>) struct SettingTypeOf<T> {
    using type = std::string;
};
template <typename Rep, typename Period>
struct SettingTypeOf<std::chrono::duration<Rep, Period>> {
    using type = Duration;
};
template <>
struct SettingTypeOf<std::initializer_list<const char*>> {
    using type = std::vector<std::string>;
};
template <typename T>
using setting_type_t = typename SettingTypeOf<std::decay_t<T>>::type;

using SettingValue = std::variant<bool, std::int64_t, double, std::string, Duration, ByteSize, std::filesystem::path,
                                  Secret, std::vector<std::string>, SettingMap>;

template <typename T, typename Variant>
struct IsAlternative;
template <typename T, typename... Ts>
struct IsAlternative<T, std::variant<Ts...>> : std::disjunction<std::is_same<T, Ts>...> {};

template <typename T>
inline constexpr bool is_setting_type_v = IsAlternative<T, SettingValue>::value || std::is_enum_v<T>;

// One declared setting, shared by its handles and the registration.
struct SettingSlot {
    std::string name;
    std::string description;
    int type = FOLEY_SETTING_TEXT;
    bool required = false;
    bool sealed = false;  // told to the host: no more changes
    SettingValue value;   // the default until the configuration is read
    std::string minimum;  // JSON numbers, or empty
    std::string maximum;
    std::vector<std::string> choices;
    std::vector<std::int64_t> choice_values;  // of an enum, beside `choices`
    bool ready = false;                       // the configuration has been read

    // Throw Error with a sentence.
    void set_range(const SettingValue& from, const SettingValue& to);
    void set_choices(std::vector<std::string> texts);
    void read(const json::Value& configured);
    const SettingValue& checked_value() const;
    std::int64_t chosen() const;
};

[[noreturn]] void undeclared_setting();

}  // namespace detail

// T is one of bool, std::int64_t, double, std::string, Duration, ByteSize, std::filesystem::path, Secret,
// std::vector<std::string>, SettingMap, or an enum.
template <typename T>
class Setting {
    static_assert(!detail::IsDuration<T>::value || std::is_same_v<T, Duration>,
                  "A duration setting is a foley::Setting<foley::Duration> (microseconds), whatever the unit of its "
                  "default: so it holds exactly what the operator wrote.");
    static_assert(!std::is_integral_v<T> || std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t>,
                  "A setting that is a whole number is a foley::Setting<std::int64_t>.");
    static_assert(!std::is_same_v<T, float>, "A setting that is a number is a foley::Setting<double>.");
    static_assert(detail::is_setting_type_v<T>,
                  "A setting is a bool, std::int64_t, double, std::string, foley::Duration, foley::ByteSize, "
                  "std::filesystem::path, foley::Secret, std::vector<std::string>, foley::SettingMap or an enum.");

public:
    // Declares nothing; get() throws until a declared one is assigned.
    Setting() = default;
    explicit Setting(std::shared_ptr<detail::SettingSlot> slot) noexcept : slot_(std::move(slot)) {}

    // What is configured, or else the default. Throws std::logic_error before the plugin's start and for a setting that
    // was never declared.
    auto get() const -> std::conditional_t<std::is_enum_v<T>, T, const T&> {
        if (!slot_) detail::undeclared_setting();
        if constexpr (std::is_enum_v<T>) {
            return static_cast<T>(slot_->chosen());
        } else {
            return std::get<T>(slot_->checked_value());
        }
    }

    // The smallest and the largest value allowed, both included. Where the setting is declared.
    template <typename From, typename To>
    Setting range(From from, To to) const {
        static_assert(std::is_same_v<T, std::int64_t> || std::is_same_v<T, double> || std::is_same_v<T, Duration> ||
                          std::is_same_v<T, ByteSize>,
                      "range() is for settings that are numbers, durations or sizes.");
        static_assert(std::is_convertible_v<From, T> && std::is_convertible_v<To, T>,
                      "range() takes two values of the setting's own kind: numbers for a number, durations for a "
                      "duration.");
        if (!slot_) detail::undeclared_setting();
        slot_->set_range(detail::SettingValue(static_cast<T>(from)), detail::SettingValue(static_cast<T>(to)));
        return *this;
    }

    // The only texts allowed. Where the setting is declared.
    Setting choices(std::vector<std::string> texts) const {
        static_assert(std::is_same_v<T, std::string>,
                      "choices() is for settings that are texts; for an enum use registrar.choice().");
        if (!slot_) detail::undeclared_setting();
        slot_->set_choices(std::move(texts));
        return *this;
    }

private:
    std::shared_ptr<detail::SettingSlot> slot_;
};

}  // namespace foley
