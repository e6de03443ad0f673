#include "fields/field_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace fields {
namespace {

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_type(std::string_view text) {
    return text.front() >= 'A' && text.front() <= 'Z';
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    for (;;) {
        const auto dot = text.find('.');
        words.emplace_back(text.substr(0, dot));
        if (dot == std::string_view::npos) return words;
        text.remove_prefix(dot + 1);
    }
}

}  // namespace

FieldPath::FieldPath(std::string_view text) {
    auto words = split(text);
    if (!std::all_of(words.begin(), words.end(), [](const std::string& word) { return is_word(word); }))
        throw std::invalid_argument(
            fmt::format("\"{}\" is no field. Write code, or through a link sg_sequence.Sequence.code.", text));
    if (words.size() == 2 && words.front() == "project") words.insert(words.begin() + 1, "Project");
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        if (i + 2 >= words.size() || !is_type(words[i + 1]))
            throw std::invalid_argument(
                fmt::format("\"{}\" does not say the type of entity that {} leads to. Write {}.Type.field.", text,
                            words[i], words[i]));
        hops_.push_back({words[i], words[i + 1]});
    }
    last_ = words.back();
    for (const auto& word : words)
        text_ += (text_.empty() ? "" : ".") + word;
}

std::string FieldPath::link() const {
    return hops_.empty() ? std::string() : text_.substr(0, text_.size() - last_.size() - hops_.back().type.size() - 2);
}

}  // namespace fields
