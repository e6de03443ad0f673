// What the clients read from an HTTP answer, whichever site it is of. Internal to the clients.
#pragma once

#include <foley/site/transport.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace foley::site {

inline constexpr std::size_t kHead = 200;

// The first bytes of a foreign text, fit for a log: one line, no control characters.
std::string head_of(std::string_view text);

// The header Retry-After. Only its form in seconds; a date is as good as none, since the wait is bounded anyway.
std::optional<std::chrono::seconds> retry_after(const Response& response);

// The header Date: "Wed, 25 Nov 2026 20:43:30 GMT". Nothing for the obsolete forms of it.
std::optional<std::chrono::sys_seconds> date_of(const Response& response);

}  // namespace foley::site
