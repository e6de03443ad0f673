// Reading the structs of foley/abi.h as far as their filler knows them.
#pragma once

#include <foley/abi.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

// A copy with every member that `given` does not have set to zero.
template <class Struct>
Struct read_struct(const Struct* given) noexcept {
    Struct copy{};
    if (given != nullptr) std::memcpy(&copy, given, std::min(given->size, sizeof(Struct)));
    return copy;
}

inline std::string_view view(foley_text text) noexcept {
    return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

inline foley_text text_of(std::string_view view) noexcept {
    return {view.data(), view.size()};
}

inline std::vector<std::string> strings(foley_text_list list) {
    std::vector<std::string> result;
    for (std::size_t i = 0; list.items != nullptr && i < list.count; ++i)
        result.emplace_back(view(list.items[i]));
    return result;
}

}  // namespace foley::core
