// How the SDK's types print in fmt's format strings. A Secret prints as ***.
#pragma once

#include <foley/secret.hpp>
#include <foley/value.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

template <>
struct fmt::formatter<foley::Value> : fmt::formatter<std::string> {
    template <typename FormatContext>
    auto format(const foley::Value& value, FormatContext& context) const {
        return fmt::formatter<std::string>::format(value.text(), context);
    }
};

template <>
struct fmt::formatter<foley::Secret> : fmt::formatter<std::string_view> {
    template <typename FormatContext>
    auto format(const foley::Secret&, FormatContext& context) const {
        return fmt::formatter<std::string_view>::format("***", context);
    }
};
