// Filters of a ShotGrid query, and its order.
//
//     using namespace foley::site::shotgrid;
//     const auto filter = all(field("project").is(Link{"Project", 70}),
//                             any(field("sg_status_list").in({"ip", "rev"}),
//                                 field("entity.Shot.code").starts_with("sh0")),
//                             field("updated_at").in_last(1, Unit::day));
//
// A text that comes from an event may stand as a value anywhere: it is data, never syntax. Which relation fits which
// type of field, the site knows and says (ValidationError). Negating relations also match an empty field; greater_than
// and less_than do not. Texts are compared without case.
//
// Throws: ValidationError for a question that no site can answer: one of no values, any of no filters.
#pragma once

#include <foley/site/shotgrid_value.hpp>

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace foley::site::shotgrid {

// A condition, or a group of them. Copies are cheap enough, and independent.
class Filter {
public:
    // Matches everything.
    Filter() = default;
    bool empty() const noexcept { return text_.empty(); }
    // As a query sends it: always a group, {"logical_operator", "conditions"}.
    std::string json() const;

private:
    friend class Field;
    friend Filter all(const std::vector<Filter>& filters);
    friend Filter any(const std::vector<Filter>& filters);
    std::string inner() const;

    std::string text_;  // of the wire
    bool is_group_ = false;
};

// Every one of them matches; all of none is everything.
Filter all(const std::vector<Filter>& filters);
// At least one of them matches.
Filter any(const std::vector<Filter>& filters);
template <std::same_as<Filter>... Filters>
Filter all(const Filter& first, const Filters&... others) {
    return all(std::vector<Filter>{first, others...});
}
template <std::same_as<Filter>... Filters>
Filter any(const Filter& first, const Filters&... others) {
    return any(std::vector<Filter>{first, others...});
}

enum class Unit { hour, day, week, month, year };

// The left side of a condition: "id", "sg_status_list", "entity.Shot.code".
class Field {
public:
    explicit Field(std::string path) : path_(std::move(path)) {}

    Filter is(const Value& value) const;  // nullptr: the field is empty. On a multi-entity field: contains this one
    Filter is_not(const Value& value) const;
    Filter in(std::initializer_list<Value> values) const;
    Filter not_in(std::initializer_list<Value> values) const;
    template <typename T>
    Filter in(const std::vector<T>& values) const {
        return one_of("in", std::vector<Value>(values.begin(), values.end()));
    }
    template <typename T>
    Filter not_in(const std::vector<T>& values) const {
        return one_of("not_in", std::vector<Value>(values.begin(), values.end()));
    }

    Filter less_than(const Value& value) const;
    Filter greater_than(const Value& value) const;
    Filter between(const Value& low, const Value& high) const;  // both ends belong to it
    Filter not_between(const Value& low, const Value& high) const;

    Filter contains(std::string_view text) const;
    Filter not_contains(std::string_view text) const;
    Filter starts_with(std::string_view text) const;
    Filter ends_with(std::string_view text) const;

    Filter in_last(int count, Unit unit) const;
    Filter not_in_last(int count, Unit unit) const;
    Filter in_next(int count, Unit unit) const;
    Filter not_in_next(int count, Unit unit) const;
    // 0: the present day, week, month or year in UTC; -1: the one before. There is no calendar hour.
    Filter in_calendar(Unit unit, int offset = 0) const;

    // Of links.
    Filter type_is(std::string_view entity_type) const;
    Filter type_is_not(std::string_view entity_type) const;
    Filter name_is(std::string_view name) const;
    Filter name_contains(std::string_view text) const;
    Filter name_not_contains(std::string_view text) const;

    // Any other relation that the site knows.
    Filter relation(std::string_view name, const std::vector<Value>& values) const;

private:
    Filter one_of(std::string_view name, const std::vector<Value>& values) const;
    std::string path_;
};

inline Field field(std::string path) {
    return Field(std::move(path));
}

struct Sort {
    std::string field;
    bool descending = false;
};
inline Sort ascending(std::string field) {
    return {std::move(field), false};
}
inline Sort descending(std::string field) {
    return {std::move(field), true};
}

}  // namespace foley::site::shotgrid
