// Frames: the name of an image sequence, "beauty.%04d.exr", as it fits the names of its files. %d, %04d, ####, @@@@ and
// $F4 stand for the number. Immutable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace protect_final {

class Frames {
public:
    // Nothing when the name has no place for a number.
    static std::optional<Frames> of(std::string_view name);

    bool fits(std::string_view name) const;

private:
    Frames(std::string_view before, std::string_view after) : before_(before), after_(after) {}
    std::string before_, after_;
};

}  // namespace protect_final
