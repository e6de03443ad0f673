// What a field of an entity of the simulated site holds.
#pragma once

#include "tests/sites/shotgrid/schema.hpp"

#include <foley/json.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace foley::sim::shotgrid {

struct Link {
    std::string type;
    std::int64_t id = 0;
    auto operator<=>(const Link&) const = default;
};
using Links = std::vector<Link>;
struct Raw {
    std::string json;
    bool operator==(const Raw&) const = default;
};

// Nothing is null. Dates and date_times are texts as they travel, which sort by time.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Link, Links, Raw>;

inline bool is_null(const Value& value) noexcept {
    return std::holds_alternative<std::monostate>(value);
}

// What was sent for a field; an empty text is null. Throws Fault 103 when it is of the wrong class, naming `where`.
Value value_from(const json::Value& sent, const Field& field, const std::string& where);
// A link from {"type", "id"}; throws Fault 103 otherwise.
Link link_from(const json::Value& sent, const std::string& where);
// A date_time in the one form that the site answers.
std::string normalised_time(std::string_view text, const std::string& where);

std::string lower_case(std::string_view text);

}  // namespace foley::sim::shotgrid
