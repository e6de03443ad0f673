#include "fields/text_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace fields {

TextTemplate::TextTemplate(std::string_view text) : text_(text) {
    const auto refuse = [&](const char* why) { throw std::invalid_argument(fmt::format("\"{}\": {}", text_, why)); };
    std::string literal;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c != '{' && c != '}') {
            literal += c;
        } else if (at + 1 < text.size() && text[at + 1] == c) {
            literal += c;
            ++at;
        } else if (c == '}') {
            refuse("a \"}\" closes nothing; a brace itself is written \"}}\".");
        } else {
            const auto end = text.find_first_of("{}", at + 1);
            if (end == std::string_view::npos || text[end] == '{')
                refuse("a \"{\" is not closed; a brace itself is written \"{{\".");
            const auto inside = text.substr(at + 1, end - at - 1);
            const auto bar = inside.find('|');
            Placeholder placeholder{std::string(inside.substr(0, bar)), std::nullopt};
            if (placeholder.name.empty()) refuse("there is no field between the braces.");
            if (bar != std::string_view::npos) placeholder.otherwise = std::string(inside.substr(bar + 1));
            if (!literal.empty()) parts_.emplace_back(std::move(literal));
            literal.clear();
            parts_.emplace_back(std::move(placeholder));
            at = end;
        }
    }
    if (!literal.empty()) parts_.emplace_back(std::move(literal));
}

std::vector<std::string> TextTemplate::names() const {
    std::vector<std::string> names;
    for (const auto& part : parts_) {
        const auto* placeholder = std::get_if<Placeholder>(&part);
        if (placeholder != nullptr && std::find(names.begin(), names.end(), placeholder->name) == names.end())
            names.push_back(placeholder->name);
    }
    return names;
}

std::string TextTemplate::render(const Lookup& value, std::vector<std::string>* missing) const {
    std::string out;
    for (const auto& part : parts_) {
        if (const auto* literal = std::get_if<std::string>(&part)) {
            out += *literal;
            continue;
        }
        const auto& placeholder = std::get<Placeholder>(part);
        if (const auto text = value(placeholder.name)) {
            out += *text;
        } else if (placeholder.otherwise) {
            out += *placeholder.otherwise;
        } else if (missing != nullptr) {
            missing->push_back(placeholder.name);
        }
    }
    return out;
}

}  // namespace fields
