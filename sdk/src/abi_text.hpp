// Between the C boundary and C++. Internal to the SDK.
#pragma once

#include <foley/abi.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace foley::detail {

inline foley_text to_abi(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

inline std::string_view from_abi(foley_text text) noexcept {
    return text.data ? std::string_view{text.data, text.size} : std::string_view{};
}

// A list of texts as the boundary wants it. Borrows the texts.
class TextList {
public:
    explicit TextList(const std::vector<std::string>& texts) {
        for (const auto& text : texts)
            items_.push_back(to_abi(text));
    }
    foley_text_list abi() const noexcept { return {items_.data(), items_.size()}; }

private:
    std::vector<foley_text> items_;
};

// A struct that the other side filled, read only as far as its size says; what lies beyond is zero.
template <typename Struct>
Struct read_struct(const Struct& from) noexcept {
    Struct result{};
    std::memcpy(&result, &from, std::min(from.size, sizeof(Struct)));
    result.size = sizeof(Struct);
    return result;
}

}  // namespace foley::detail
