// Logger: the plugin's log. Format strings are fmt's, checked at compile time; what crosses the library boundary is
// formatted text. Copyable and small; may be used from any thread until the plugin ends.
#pragma once

#include <foley/abi.h>
#include <foley/format.hpp>

#include <string_view>
#include <utility>

namespace foley {

class Logger {
public:
    explicit Logger(const foley_host& host) noexcept : host_(&host) {}

    template <typename... Args>
    void debug(fmt::format_string<Args...> format, Args&&... args) const {
        write(FOLEY_LOG_DEBUG, fmt::vformat(format, fmt::make_format_args(args...)));
    }
    template <typename... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) const {
        write(FOLEY_LOG_INFO, fmt::vformat(format, fmt::make_format_args(args...)));
    }
    template <typename... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) const {
        write(FOLEY_LOG_WARNING, fmt::vformat(format, fmt::make_format_args(args...)));
    }
    template <typename... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) const {
        write(FOLEY_LOG_ERROR, fmt::vformat(format, fmt::make_format_args(args...)));
    }

    // A text that is already formatted. `level` is one of FOLEY_LOG_….
    void write(int level, std::string_view text) const noexcept;

private:
    const foley_host* host_;
};

}  // namespace foley
