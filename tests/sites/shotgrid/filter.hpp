// Filter: the conditions of a read, checked against the schema as the site checks them, and matched.
#pragma once

#include "tests/sites/shotgrid/store.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace foley::sim::shotgrid {

// A relation without its negation: not_in is `in` with `negated`.
enum class Relation {
    is,
    in,
    less_than,
    greater_than,
    between,
    contains,
    starts_with,
    ends_with,
    in_last,
    in_next,
    in_calendar_day,
    in_calendar_week,
    in_calendar_month,
    in_calendar_year,
    type_is,
    name_is,
    name_contains,
};

struct Filter {
    // A group, when it has no path.
    bool any = false;
    std::vector<Filter> members;

    std::optional<Path> path;
    Relation relation = Relation::is;
    bool negated = false;
    std::vector<Value> values;
};

// Throws Fault 103 for what the site refuses: an unknown field, a relation that the type of field does not have, a
// value of the wrong class, an empty list.
Filter parse_filter(const json::Value& sent, const Store& store, const Type& type);

// Negated relations also match null, the others only where asked for null.
bool matches(const Filter& filter, const Store& store, const Row& row, std::chrono::sys_seconds now);

// Which ids can match at all, so that a read of a long log looks at few rows.
struct IdRange {
    std::int64_t low = INT64_MIN;  // both ends belong to it
    std::int64_t high = INT64_MAX;
    std::optional<std::vector<std::int64_t>> listed;  // in order; only these
};
IdRange id_range(const Filter& filter);

}  // namespace foley::sim::shotgrid
