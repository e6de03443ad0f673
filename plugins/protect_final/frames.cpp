#include "protect_final/frames.hpp"

#include <algorithm>

namespace protect_final {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// How long the place for the number is that begins here; 0: none does.
std::size_t length_of_place(std::string_view text) {
    std::size_t end = 1;
    const auto digits = [&] {
        while (end < text.size() && is_digit(text[end]))
            ++end;
    };
    switch (text.front()) {
        case '%':
            digits();
            return end < text.size() && text[end] == 'd' ? end + 1 : 0;
        case '#':
        case '@':
            while (end < text.size() && text[end] == text.front())
                ++end;
            return end;
        case '$':
            if (end == text.size() || text[end] != 'F') return 0;
            ++end;
            digits();
            return end;
        default:
            return 0;
    }
}

}  // namespace

std::optional<Frames> Frames::of(std::string_view name) {
    for (std::size_t at = 0; at < name.size(); ++at) {
        const auto length = length_of_place(name.substr(at));
        if (length > 0) return Frames(name.substr(0, at), name.substr(at + length));
    }
    return std::nullopt;
}

bool Frames::fits(std::string_view name) const {
    if (name.size() <= before_.size() + after_.size() || !name.starts_with(before_) || !name.ends_with(after_))
        return false;
    auto number = name.substr(before_.size(), name.size() - before_.size() - after_.size());
    if (number.size() > 1 && number.front() == '-') number.remove_prefix(1);
    return std::all_of(number.begin(), number.end(), is_digit);
}

}  // namespace protect_final
