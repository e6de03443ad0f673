// How a rule is read from the settings.
#include "copy_fields/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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
// What stands in any rule, and what makes it one of a kind.
constexpr std::array<std::string_view, 5> kCommon{"on", "to", "when", "changed", "only_empty"};
constexpr std::array<std::string_view, 10> kKinds{"from", "value",   "stamp", "sum",       "min",
                                                  "max",  "average", "count", "calculate", "find"};
struct Special {
    std::string_view key;
    std::string_view kinds;  // in which it may stand
};
constexpr std::array<Special, 7> kSpecial{{{"add", "from, value, find"},
                                           {"if_empty", "calculate"},
                                           {"where", "find"},
                                           {"pattern", "find"},
                                           {"first_by", "find"},
                                           {"if_none", "find"},
                                           {"any_project", "find"}}};

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

// Whether the field is emptied, or left alone.
bool clears_at(const json::Value& configured, std::string_view name) {
    const auto& value = json::member(configured, name);
    const auto word = json::text_or_empty(value);
    if (value.IsNull() || word == "leave") return false;
    if (word != "clear") throw std::invalid_argument(fmt::format("{}: leave or clear.", name));
    return true;
}

template <typename Keys>
bool has(const Keys& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// The one key that says which kind it is.
std::string_view kind_of(const json::Value& configured) {
    std::string_view found;
    for (const auto kind : kKinds) {
        if (!configured.HasMember(json::borrow(kind))) continue;
        if (!found.empty())
            throw std::invalid_argument(
                fmt::format("write only one of {}; there is {} and {}.", fmt::join(kKinds, ", "), found, kind));
        found = kind;
    }
    if (found.empty()) throw std::invalid_argument(fmt::format("write one of {}.", fmt::join(kKinds, ", ")));
    return found;
}

const Special* special_of(std::string_view key) {
    const auto* const found =
        std::find_if(kSpecial.begin(), kSpecial.end(), [&](const Special& each) { return each.key == key; });
    return found == kSpecial.end() ? nullptr : &*found;
}

void check_known(const json::Value& configured) {
    for (const auto& member : configured.GetObject()) {
        const auto key = json::text_or_empty(member.name);
        if (has(kCommon, key) || has(kKinds, key) || special_of(key) != nullptr) continue;
        std::string known;
        for (const auto& each : kSpecial)
            known += fmt::format(", {}", each.key);
        throw std::invalid_argument(fmt::format("there is no \"{}\" in a rule, only {}, {}{}.", key,
                                                fmt::join(kCommon, ", "), fmt::join(kKinds, ", "), known));
    }
}

void check_special(const json::Value& configured, std::string_view kind) {
    for (const auto& member : configured.GetObject()) {
        const auto key = json::text_or_empty(member.name);
        const auto* const special = special_of(key);
        if (special == nullptr) continue;
        const auto listed = fmt::format(" {},", special->kinds);
        if (listed.find(fmt::format(" {},", kind)) == std::string::npos)
            throw std::invalid_argument(
                fmt::format("{}: it goes with {}, and this rule has {}.", key, special->kinds, kind));
    }
}

void read_kind(std::string_view kind, const json::Value& configured, const Tables& tables, Rule& rule) {
    if (kind == "from") {
        rule.from = path_at(configured, "from");
    } else if (kind == "value") {
        rule.kind = Kind::value;
        auto value = std::make_shared<json::Document>();
        value->CopyFrom(json::member(configured, "value"), value->GetAllocator());
        rule.value = std::move(value);
    } else if (kind == "stamp") {
        rule.kind = Kind::stamp;
        if (!flag_at(configured, "stamp", false)) throw std::invalid_argument("stamp: write true, or leave it out.");
    } else if (kind == "calculate") {
        rule.kind = Kind::calculation;
        // A number alone is an expression too.
        rule.expression = std::make_shared<Expression>(json::to_text(json::member(configured, kind)), tables);
        rule.clears = clears_at(configured, "if_empty");
    } else if (kind == "find") {
        rule.kind = Kind::search;
        static_cast<void>(flag_at(configured, "any_project", false));
        rule.search.emplace(configured);
        rule.clears = clears_at(configured, "if_none");
    } else {
        rule.kind = Kind::total;
        rule.total =
            std::find_if(kTotals.begin(), kTotals.end(), [&](const auto& each) { return each.first == kind; })->second;
        rule.from = path_at(configured, kind);
    }
}

std::vector<std::string> changed_at(const json::Value& configured) {
    const auto& value = json::member(configured, "changed");
    std::vector<std::string> names;
    const auto add = [&](const json::Value& each) {
        const fields::FieldPath path(json::text_or_empty(each));
        if (!path.hops().empty())
            throw std::invalid_argument(fmt::format("{} is a field of another entity; only own ones.", path.text()));
        names.push_back(path.text());
    };
    try {
        if (value.IsArray()) {
            for (const auto& each : value.GetArray())
                add(each);
        } else if (!value.IsNull()) {
            add(value);
        }
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(fmt::format("changed: {}", error.what()));
    }
    return names;
}

void check_together(const Rule& rule) {
    if (rule.kind == Kind::copy && *rule.from == rule.to)
        throw std::invalid_argument("from and to are the same field.");
    if (rule.kind == Kind::calculation && rule.expression->paths().empty())
        throw std::invalid_argument("calculate: there is no field in it. For a constant write value.");
    if (rule.kind == Kind::total && rule.to.hops().size() != 1)
        throw std::invalid_argument(
            "to: a total goes to what the entities link to: entity.Shot.sg_days, the link, the type, the field.");
    if (rule.kind == Kind::total && rule.only_empty)
        throw std::invalid_argument("only_empty: a total is kept up to date, so this makes no sense.");
    if (rule.adds && rule.only_empty)
        throw std::invalid_argument("only_empty: what is added takes nothing away, so this makes no sense.");
}

}  // namespace

Rule rule_of(std::string name, const json::Value& configured, const Tables& tables) {
    if (!configured.IsObject()) throw std::invalid_argument("write a mapping: on, to, from, when.");
    Rule rule;
    rule.name = std::move(name);
    check_known(configured);
    const auto kind = kind_of(configured);
    check_special(configured, kind);
    rule.on = json::text_or_empty(configured, "on");
    if (rule.on.empty()) throw std::invalid_argument("on: name the entity type: Task.");
    rule.to = path_at(configured, "to");
    read_kind(kind, configured, tables, rule);
    rule.when = fields::Condition(json::member(configured, "when"));
    rule.changed = changed_at(configured);
    rule.adds = flag_at(configured, "add", false);
    // What an entity begins with, and what was found for it, must not undo what someone has entered meanwhile.
    const bool begins = rule.kind == Kind::value && rule.when.empty() && rule.changed.empty();
    const bool yields = rule.kind == Kind::stamp || rule.kind == Kind::search || begins;
    rule.only_empty = flag_at(configured, "only_empty", yields && !rule.adds);
    check_together(rule);
    return rule;
}

}  // namespace copy_fields
