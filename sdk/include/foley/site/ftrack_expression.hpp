// Building ftrack query expressions. What comes from an event was written by anyone who can log in to the site, so it
// enters an expression only through one of these.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace foley::site::ftrack {

// `text` in double quotes, with quotes and backslashes escaped. Throws ValidationError for control characters.
std::string quoted(std::string_view text);

// True for one to 64 characters of 0-9 a-z A-Z and '-'.
bool is_id(std::string_view text) noexcept;

// `id` in double quotes; throws ValidationError when it is not an id.
std::string quoted_id(std::string_view id);

// ("a", "b"), for `in`. Throws ValidationError when one is not an id, or when there is none: `in ()` is not a query.
std::string quoted_ids(std::span<const std::string> ids);
// The same for texts.
std::string quoted_list(std::span<const std::string> texts);

// A new random id, a version 4 UUID with dashes.
std::string new_id();

}  // namespace foley::site::ftrack
