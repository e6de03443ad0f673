#include "copy_fields/rule_check.hpp"

#include "copy_fields/calculated.hpp"
#include "copy_fields/comparison.hpp"
#include "copy_fields/field_value.hpp"

#include <fmt/format.h>

namespace copy_fields {
namespace {

using Complain = std::function<void(const std::string&)>;

// Whether a total that is a number, a date, or anything that can be counted makes sense for the field.
bool can_hold(const Rule& rule, std::string_view from, std::string_view to) {
    if (rule.total == Total::count) return fits("number", to);
    if (rule.total == Total::min || rule.total == Total::max)
        return (fits("number", from) && from != "text" && fits(from, to)) ||
               (from.starts_with("date") && fits(from, to));
    return from != "text" && fits("number", from) && fits(from, to);
}

// Whether a link on the way leads to several entities.
bool forks(const std::string& type, const fields::FieldPath& path, fields::Schema& schema) {
    std::string at = type;
    for (const auto& hop : path.hops()) {
        if (schema.data_type(at, fields::FieldPath(hop.field)) != "entity") return true;
        at = hop.type;
    }
    return false;
}

bool are_known(const Rule& rule, fields::Schema& schema, const Complain& complain) {
    bool known = true;
    auto names = rule.fields();
    names.push_back(rule.to.text());
    names.insert(names.end(), rule.changed.begin(), rule.changed.end());
    std::string last;
    for (const auto& name : names) {
        const auto fault = schema.fault_of(rule.on, fields::FieldPath(name));
        if (fault.empty()) continue;
        if (fault != last) complain(fault);
        last = fault;
        known = false;
    }
    return known;
}

void check_calculation(const Rule& rule, fields::Schema& schema, const Complain& complain) {
    for (const auto& path : rule.sources()) {
        const auto type = schema.data_type(rule.on, path);
        if (path.last() != "id" && !can_calculate_with(type))
            complain(fmt::format("calculate: {} is of the type {}; only numbers and texts can be calculated with.",
                                 path.text(), type));
    }
    const auto gives = rule.expression->gives();
    if (!takes(rule.to_type, gives))
        complain(fmt::format("{} is of the type {}, and does not take {} that is calculated.", rule.to.text(),
                             rule.to_type, gives == Gives::text ? "the text" : "the number"));
}

void check_kind(const Rule& rule, fields::Schema& schema, const Complain& complain) {
    const auto& to = rule.to_type;
    const auto from = rule.from ? schema.data_type(rule.on, *rule.from) : std::string();
    if (rule.kind == Kind::stamp && to != "date" && to != "date_time")
        complain(
            fmt::format("{} is of the type {} and takes no time; only date and date_time do.", rule.to.text(), to));
    if ((rule.kind == Kind::copy && !fits(from, to)) || (rule.kind == Kind::total && !can_hold(rule, from, to)))
        complain(fmt::format("{} is of the type {}, and does not take what {} of the type {} gives.", rule.to.text(),
                             to, rule.from->text(), from));
    if (rule.kind == Kind::search && !is_link(to))
        complain(fmt::format("{} is of the type {}; only a link takes what was found.", rule.to.text(), to));
    if (rule.kind == Kind::calculation) check_calculation(rule, schema, complain);
    if (rule.adds && to != "multi_entity")
        complain(fmt::format("add: {} is of the type {}; only a list of links can be added to.", rule.to.text(), to));
}

}  // namespace

void check_rule(Rule& rule, fields::Schema& schema, const Complain& complain) {
    if (!are_known(rule, schema, complain)) return;
    rule.to_type = schema.data_type(rule.on, rule.to);
    rule.spreads = forks(rule.on, rule.to, schema);
    if (rule.spreads && !rule.adds)
        complain(
            fmt::format("{} leads to several entities; only a link to one can be followed, or to several with "
                        "add: true.",
                        rule.target_link()));
    for (const auto& path : rule.sources()) {
        if (forks(rule.on, path, schema))
            complain(fmt::format("{} leads to several entities; only a link to one can be followed.", path.link()));
    }
    check_kind(rule, schema, complain);
    if (rule.search) rule.search->check(rule.on, schema, complain);
}

}  // namespace copy_fields
