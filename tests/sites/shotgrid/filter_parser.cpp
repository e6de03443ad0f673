#include "tests/sites/shotgrid/fault.hpp"
#include "tests/sites/shotgrid/filter.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace foley::sim::shotgrid {

namespace {

struct Name {
    std::string_view text;
    Relation relation;
    bool negated;
};

constexpr std::array kNames{
    Name{"is", Relation::is, false},
    Name{"is_not", Relation::is, true},
    Name{"in", Relation::in, false},
    Name{"not_in", Relation::in, true},
    Name{"less_than", Relation::less_than, false},
    Name{"greater_than", Relation::greater_than, false},
    Name{"between", Relation::between, false},
    Name{"not_between", Relation::between, true},
    Name{"contains", Relation::contains, false},
    Name{"not_contains", Relation::contains, true},
    Name{"starts_with", Relation::starts_with, false},
    Name{"ends_with", Relation::ends_with, false},
    Name{"in_last", Relation::in_last, false},
    Name{"not_in_last", Relation::in_last, true},
    Name{"in_next", Relation::in_next, false},
    Name{"not_in_next", Relation::in_next, true},
    Name{"in_calendar_day", Relation::in_calendar_day, false},
    Name{"in_calendar_week", Relation::in_calendar_week, false},
    Name{"in_calendar_month", Relation::in_calendar_month, false},
    Name{"in_calendar_year", Relation::in_calendar_year, false},
    Name{"type_is", Relation::type_is, false},
    Name{"type_is_not", Relation::type_is, true},
    Name{"name_is", Relation::name_is, false},
    Name{"name_contains", Relation::name_contains, false},
    Name{"name_not_contains", Relation::name_contains, true},
};

using enum Relation;
constexpr std::array kNumber{is, less_than, greater_than, between, in};
constexpr std::array kText{is, contains, starts_with, ends_with, in};
constexpr std::array kTime{is,
                           greater_than,
                           less_than,
                           between,
                           in,
                           in_last,
                           in_next,
                           in_calendar_day,
                           in_calendar_week,
                           in_calendar_month,
                           in_calendar_year};
constexpr std::array kEntity{is, type_is, name_contains, name_is, in};
constexpr std::array kChoice{is, in};
constexpr std::array kFlag{is};

std::span<const Relation> relations_of(DataType type) {
    switch (type) {
        case DataType::number:
        case DataType::real:
            return kNumber;
        case DataType::text:
            return kText;
        case DataType::date:
        case DataType::date_time:
            return kTime;
        case DataType::entity:
        case DataType::multi_entity:
            return kEntity;
        case DataType::uuid:
        case DataType::list:
        case DataType::status_list:
            return kChoice;
        case DataType::checkbox:
            return kFlag;
        case DataType::serializable:
        case DataType::image:
            return {};
    }
    return {};
}

std::string valid_names(std::span<const Relation> relations) {
    std::string out;
    for (const auto& name : kNames) {
        if (std::find(relations.begin(), relations.end(), name.relation) != relations.end())
            out += (out.empty() ? "'" : ", '") + std::string(name.text) + "'";
    }
    return out;
}

// What a value of the relation must look like, when that is not what the field holds.
std::optional<Field> other_field(Relation relation, std::size_t index) {
    switch (relation) {
        case in_last:
        case in_next:
            if (index == 0) return Field{"number", DataType::number};
            return Field{"unit", DataType::list, {"HOUR", "DAY", "WEEK", "MONTH", "YEAR"}};
        case in_calendar_day:
        case in_calendar_week:
        case in_calendar_month:
        case in_calendar_year:
            return Field{"number", DataType::number};
        case type_is:
        case name_is:
        case name_contains:
        case contains:
        case starts_with:
        case ends_with:
            return Field{"text", DataType::text};
        default:
            return std::nullopt;
    }
}

std::size_t values_wanted(Relation relation) {
    return relation == between || relation == in_last || relation == in_next ? 2 : 1;
}

Filter parse_condition(const json::Value& sent, const Store& store, const Type& type) {
    const std::string text(json::text_or_empty(sent, "path"));
    const auto where = "API read() " + type.name + "." + text;
    Filter out;
    out.path = store.resolve(type, text);
    if (!out.path) throw Fault(kBadRequest, where + " doesn't exist.");
    const auto& field = out.path->last();
    const auto relations = relations_of(field.type);
    if (relations.empty()) throw Fault(kBadRequest, where + " cannot be used in a filter.");
    const auto wanted = json::text_or_empty(sent, "relation");
    const auto* const name =
        std::find_if(kNames.begin(), kNames.end(), [&](const Name& known) { return known.text == wanted; });
    if (name == kNames.end() || std::find(relations.begin(), relations.end(), name->relation) == relations.end())
        throw Fault(kBadRequest, where + " invalid relation '" + std::string(wanted) +
                                     "'. Valid relations: " + valid_names(relations) + ".");
    out.relation = name->relation;
    out.negated = name->negated;
    const auto& values = json::member(sent, "values");
    if (!values.IsArray()) throw Fault(kBadRequest, where + " values must be an array.");
    const bool list = out.relation == in;
    if (list ? values.Empty() : values.Size() != values_wanted(out.relation))
        throw Fault(kBadRequest, where + " '" + std::string(wanted) + "' must have " +
                                     (list ? "at least one" : std::to_string(values_wanted(out.relation))) +
                                     " value(s).");
    for (std::size_t i = 0; i < values.Size(); ++i) {
        auto expected = other_field(out.relation, i).value_or(field);
        // A link is compared with one link; any text may be asked for, whatever the choices are.
        if (expected.type == DataType::multi_entity) expected.type = DataType::entity;
        if (expected.name != "unit") expected.choices.clear();
        out.values.push_back(value_from(json::element(values, i), expected, where));
    }
    return out;
}

}  // namespace

Filter parse_filter(const json::Value& sent, const Store& store, const Type& type) {
    if (!sent.IsObject()) throw Fault(kBadRequest, "API read() filters must be a Hash.");
    if (!json::member(sent, "path").IsNull()) return parse_condition(sent, store, type);
    const auto op = json::text_or_empty(sent, "logical_operator");
    const auto& conditions = json::member(sent, "conditions");
    if ((op != "and" && op != "or") || !conditions.IsArray())
        throw Fault(kBadRequest, "API read() filters need logical_operator ('and', 'or') and conditions.");
    Filter out;
    out.any = op == "or";
    for (const auto& condition : conditions.GetArray())
        out.members.push_back(parse_filter(condition, store, type));
    return out;
}

}  // namespace foley::sim::shotgrid
