#include "copy_fields/placeholders.hpp"

#include "fields/field_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>

namespace copy_fields {

namespace json = foley::json;

namespace {

constexpr std::size_t kMostPattern = 500;
constexpr std::size_t kMostText = 1000;

// Without back references, so that no pattern takes a time that explodes with the length of a text.
constexpr auto kSyntax = std::regex::ECMAScript | std::regex_constants::__polynomial;

std::regex regex_of(std::string_view field, std::string_view text) {
    if (text.empty() || text.size() > kMostPattern)
        throw std::invalid_argument(
            fmt::format("pattern.{}: write a regular expression of at most {} characters.", field, kMostPattern));
    try {
        return std::regex(text.begin(), text.end(), kSyntax);
    } catch (const std::regex_error& error) {
        throw std::invalid_argument(
            fmt::format("pattern.{}: \"{}\" is no regular expression: {}.", field, text, error.what()));
    }
}

}  // namespace

Placeholders::Placeholders(const json::Value& patterns) {
    if (patterns.IsNull()) return;
    if (!patterns.IsObject())
        throw std::invalid_argument("pattern: write which field has which pattern: {code: \"^([A-Z]+)_\"}.");
    for (const auto& member : patterns.GetObject()) {
        const auto name = json::text_or_empty(member.name);
        patterns_.emplace(fields::FieldPath(name).text(), regex_of(name, json::text_or_empty(member.value)));
    }
}

Placeholders::Place Placeholders::place(std::string_view name) const {
    const auto colon = name.find(':');
    Place place{fields::FieldPath(name.substr(0, colon)), std::nullopt};
    if (colon == std::string_view::npos) return place;
    const auto number = name.substr(colon + 1);
    std::size_t group = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), group);
    if (error != std::errc() || end != number.data() + number.size())
        throw std::invalid_argument(
            fmt::format("{{{}}}: after the colon stands the number of the parentheses in its pattern.", name));
    const auto found = patterns_.find(place.path.text());
    if (found == patterns_.end())
        throw std::invalid_argument(fmt::format("{{{}}}: there is no pattern for {}.", name, place.path.text()));
    if (group > found->second.mark_count())
        throw std::invalid_argument(fmt::format("{{{}}}: the pattern for {} has {} parentheses.", name,
                                                place.path.text(), found->second.mark_count()));
    place.group = group;
    return place;
}

std::optional<std::string> Placeholders::value(const Place& place, const json::Value& entity) const {
    auto text = fields::text_of(json::member(entity, place.path.text()));
    if (!text || !place.group) return text;
    if (text->size() > kMostText) return std::nullopt;
    std::smatch match;
    const auto found = patterns_.find(place.path.text());
    if (found == patterns_.end() || !std::regex_search(*text, match, found->second)) return std::nullopt;
    auto taken = match.str(*place.group);
    return taken.empty() ? std::nullopt : std::optional(std::move(taken));
}

}  // namespace copy_fields
