#include <foley/site/error.hpp>
#include <foley/site/shotgrid_filter.hpp>

namespace foley::site::shotgrid {

namespace {

constexpr std::string_view kEverything = R"({"logical_operator":"and","conditions":[]})";

std::string_view unit_name(Unit unit) {
    switch (unit) {
        case Unit::hour:
            return "HOUR";
        case Unit::day:
            return "DAY";
        case Unit::week:
            return "WEEK";
        case Unit::month:
            return "MONTH";
        case Unit::year:
            return "YEAR";
    }
    throw ValidationError("a filter names a unit of time that does not exist");
}

std::string_view calendar_relation(Unit unit) {
    switch (unit) {
        case Unit::day:
            return "in_calendar_day";
        case Unit::week:
            return "in_calendar_week";
        case Unit::month:
            return "in_calendar_month";
        case Unit::year:
            return "in_calendar_year";
        case Unit::hour:
            break;
    }
    throw ValidationError("in_calendar knows days, weeks, months and years");
}

std::string group(std::string_view op, const std::string& conditions) {
    return std::string(R"({"logical_operator":")").append(op).append(R"(","conditions":[)").append(conditions) + "]}";
}

}  // namespace

std::string Filter::json() const {
    if (empty()) return std::string(kEverything);
    return is_group_ ? text_ : group("and", text_);
}

// As a member of a group.
std::string Filter::inner() const {
    return empty() ? std::string(kEverything) : text_;
}

Filter all(const std::vector<Filter>& filters) {
    std::string conditions;
    for (const auto& filter : filters) {
        if (filter.empty()) continue;  // says nothing here
        if (!conditions.empty()) conditions += ',';
        conditions += filter.inner();
    }
    Filter out;
    if (conditions.empty()) return out;
    out.text_ = group("and", conditions);
    out.is_group_ = true;
    return out;
}

Filter any(const std::vector<Filter>& filters) {
    if (filters.empty()) throw ValidationError("a filter asks for any of several conditions, and there is none");
    std::string conditions;
    for (const auto& filter : filters) {
        if (!conditions.empty()) conditions += ',';
        conditions += filter.inner();
    }
    Filter out;
    out.text_ = group("or", conditions);
    out.is_group_ = true;
    return out;
}

Filter Field::relation(std::string_view name, const std::vector<Value>& values) const {
    if (path_.empty()) throw ValidationError("a filter names no field");
    Filter out;
    out.text_ = R"({"path":)" + json::quote(path_) + R"(,"relation":)" + json::quote(name) + R"(,"values":)" +
                Value(values).json() + "}";
    return out;
}

// The site refuses a list of nothing.
Filter Field::one_of(std::string_view name, const std::vector<Value>& values) const {
    if (values.empty())
        throw ValidationError("a filter asks whether " + path_ + " is one of several values, and there is none");
    return relation(name, values);
}

Filter Field::is(const Value& value) const {
    return relation("is", {value});
}
Filter Field::is_not(const Value& value) const {
    return relation("is_not", {value});
}
Filter Field::in(std::initializer_list<Value> values) const {
    return one_of("in", values);
}
Filter Field::not_in(std::initializer_list<Value> values) const {
    return one_of("not_in", values);
}

Filter Field::less_than(const Value& value) const {
    return relation("less_than", {value});
}
Filter Field::greater_than(const Value& value) const {
    return relation("greater_than", {value});
}
Filter Field::between(const Value& low, const Value& high) const {
    return relation("between", {low, high});
}
Filter Field::not_between(const Value& low, const Value& high) const {
    return relation("not_between", {low, high});
}

Filter Field::contains(std::string_view text) const {
    return relation("contains", {text});
}
Filter Field::not_contains(std::string_view text) const {
    return relation("not_contains", {text});
}
Filter Field::starts_with(std::string_view text) const {
    return relation("starts_with", {text});
}
Filter Field::ends_with(std::string_view text) const {
    return relation("ends_with", {text});
}

Filter Field::in_last(int count, Unit unit) const {
    return relation("in_last", {count, unit_name(unit)});
}
Filter Field::not_in_last(int count, Unit unit) const {
    return relation("not_in_last", {count, unit_name(unit)});
}
Filter Field::in_next(int count, Unit unit) const {
    return relation("in_next", {count, unit_name(unit)});
}
Filter Field::not_in_next(int count, Unit unit) const {
    return relation("not_in_next", {count, unit_name(unit)});
}
Filter Field::in_calendar(Unit unit, int offset) const {
    return relation(calendar_relation(unit), {offset});
}

Filter Field::type_is(std::string_view entity_type) const {
    return relation("type_is", {entity_type});
}
Filter Field::type_is_not(std::string_view entity_type) const {
    return relation("type_is_not", {entity_type});
}
Filter Field::name_is(std::string_view name) const {
    return relation("name_is", {name});
}
Filter Field::name_contains(std::string_view text) const {
    return relation("name_contains", {text});
}
Filter Field::name_not_contains(std::string_view text) const {
    return relation("name_not_contains", {text});
}

}  // namespace foley::site::shotgrid
