#include "copy_fields/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <utility>

namespace copy_fields {

namespace json = foley::json;

namespace {

constexpr std::array<std::pair<std::string_view, Total>, 5> kTotals{{{"sum", Total::sum},
                                                                     {"min", Total::min},
                                                                     {"max", Total::max},
                                                                     {"average", Total::average},
                                                                     {"count", Total::count}}};
constexpr std::array<std::string_view, 12> kKnown{"on",  "to",  "from",    "value", "stamp",      "sum",
                                                  "min", "max", "average", "count", "only_empty", "when"};

fields::FieldPath path_at(const json::Value& configured, std::string_view name) {
    try {
        return fields::FieldPath(json::text_or_empty(configured, name));
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(fmt::format("{}: {}", name, error.what()));
    }
}

bool flag_at(const json::Value& configured, std::string_view name, bool otherwise) {
    const auto& value = json::member(configured, name);
    if (value.IsNull()) return otherwise;
    if (!value.IsBool()) throw std::invalid_argument(fmt::format("{}: true or false.", name));
    return value.GetBool();
}

void read_kind(const json::Value& configured, Rule& rule) {
    unsigned kinds = 0;
    if (configured.HasMember("from")) {
        ++kinds;
        rule.from = path_at(configured, "from");
    }
    if (configured.HasMember("value")) {
        ++kinds;
        rule.kind = Kind::value;
        auto value = std::make_shared<json::Document>();
        value->CopyFrom(json::member(configured, "value"), value->GetAllocator());
        rule.value = std::move(value);
    }
    if (configured.HasMember("stamp")) {
        ++kinds;
        rule.kind = Kind::stamp;
        if (!flag_at(configured, "stamp", false)) throw std::invalid_argument("stamp: write true, or leave it out.");
    }
    for (const auto& [word, total] : kTotals) {
        if (json::member(configured, word).IsNull()) continue;
        ++kinds;
        rule.kind = Kind::total;
        rule.total = total;
        rule.from = path_at(configured, word);
    }
    if (kinds != 1)
        throw std::invalid_argument("write one of from, value, stamp, sum, min, max, average and count, and only one.");
}

}  // namespace

std::vector<std::string> Rule::fields() const {
    std::set<std::string> names{to.text()};
    if (!target_link().empty()) names.insert(target_link());
    if (from) names.insert(from->text());
    for (const auto& path : when.paths())
        names.insert(path.text());
    return {names.begin(), names.end()};
}

bool Rule::concerned(const fields::Subject& subject) const {
    if (subject.type != on) return false;
    const auto paths = when.paths();
    const bool of_condition =
        std::any_of(paths.begin(), paths.end(), [&](const auto& path) { return path.first() == subject.attribute; });
    // A stamp wants to know when the condition came true, also when that was in the making.
    if (kind == Kind::stamp && !paths.empty()) return subject.action == "update" && of_condition;
    if (subject.action == "add") return true;
    if (subject.action == "revive") return kind == Kind::copy || kind == Kind::total;
    if (subject.action == "remove") return kind == Kind::total;
    if (subject.in_create) return false;  // the making has an event of its own
    const bool of_source = from && from->first() == subject.attribute;
    const bool of_link =
        (kind == Kind::copy || kind == Kind::total) && !to.hops().empty() && to.first() == subject.attribute;
    return of_condition || of_source || of_link;
}

bool Rule::concerned_from_afar(const fields::Subject& subject) const {
    return kind == Kind::copy && !from->hops().empty() && subject.action == "update" &&
           subject.type == from->hops().back().type && subject.attribute == from->last();
}

Rule rule_of(std::string name, const json::Value& configured) {
    if (!configured.IsObject()) throw std::invalid_argument("write a mapping: on, to, from, when.");
    for (const auto& member : configured.GetObject()) {
        const auto key = json::text_or_empty(member.name);
        if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end())
            throw std::invalid_argument(
                fmt::format("there is no \"{}\" in a rule, only {}.", key, fmt::join(kKnown, ", ")));
    }
    Rule rule;
    rule.name = std::move(name);
    rule.on = json::text_or_empty(configured, "on");
    if (rule.on.empty()) throw std::invalid_argument("on: name the entity type: Task.");
    rule.to = path_at(configured, "to");
    read_kind(configured, rule);
    rule.when = fields::Condition(json::member(configured, "when"));
    // A value that an entity begins with must not undo what someone has entered meanwhile.
    const bool begins = rule.kind == Kind::value && rule.when.empty();
    rule.only_empty = flag_at(configured, "only_empty", rule.kind == Kind::stamp || begins);
    if (rule.kind == Kind::copy && *rule.from == rule.to)
        throw std::invalid_argument("from and to are the same field.");
    if (rule.kind == Kind::total && rule.to.hops().size() != 1)
        throw std::invalid_argument(
            "to: a total goes to what the entities link to: entity.Shot.sg_days, the link, the type, the field.");
    if (rule.kind == Kind::total && rule.only_empty)
        throw std::invalid_argument("only_empty: a total is kept up to date, so this makes no sense.");
    return rule;
}

}  // namespace copy_fields
