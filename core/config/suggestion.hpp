// The word that someone probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

// Letters to insert, delete, replace, or swap with their neighbour, to make one word of the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known word nearest to `word`, case aside; empty when none is near enough to be meant.
std::string nearest(std::string_view word, std::span<const std::string> known);

// "did you mean label_store?" or "known here: a, b, c"; nothing known: empty.
std::string suggestion(std::string_view word, std::span<const std::string> known);

}  // namespace foley::core
