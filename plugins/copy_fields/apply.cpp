#include "copy_fields/apply.hpp"

#include "copy_fields/calculated.hpp"
#include "copy_fields/field_value.hpp"
#include "copy_fields/finding.hpp"
#include "copy_fields/targets.hpp"
#include "copy_fields/totals.hpp"
#include "copy_fields/write.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace copy_fields {

using foley::site::shotgrid::field;
using foley::site::shotgrid::Link;
using foley::site::shotgrid::link_of;
namespace json = foley::json;

namespace {

std::optional<std::string> calculate(const Rule& rule, const json::Value& entity, const Work& work) {
    const auto result = rule.expression->evaluate(entity);
    const auto fail = [&](const std::string& why) -> std::optional<std::string> {
        work.context.log().error("{}: {} {} is left alone: {}", rule.name, rule.on,
                                 json::to_text(json::member(entity, "id")), why);
        return std::nullopt;
    };
    if (const auto* failure = std::get_if<Failure>(&result)) return fail(rule.expression->explain(*failure));
    if (std::holds_alternative<std::monostate>(result) && !rule.clears) return std::nullopt;
    try {
        return calculated_for(result, rule.to_type);
    } catch (const std::domain_error& error) {
        return fail(rule.expression->explain({1, error.what()}));
    }
}

// JSON of what the field gets; nothing when it is left alone.
std::optional<std::string> wanted_of(const Rule& rule, const json::Value& entity, const Work& work) {
    switch (rule.kind) {
        case Kind::stamp:
            return stamp_for(work.event.created_at(), rule.to_type);
        case Kind::value:
            return for_field(*rule.value, rule.to_type);
        case Kind::calculation:
            return calculate(rule, entity, work);
        case Kind::search: {
            const auto found = find_for(rule, entity, work.shotgrid, work.context.log());
            return found ? std::optional(for_field(json::parse(*found), rule.to_type)) : std::nullopt;
        }
        case Kind::copy:
        case Kind::total:
            break;
    }
    return for_field(json::member(entity, rule.from->text()), rule.to_type);
}

bool apply_to(const Rule& rule, const json::Value& entity, const Work& work) {
    if (!rule.when.holds(entity)) return false;
    auto targets = targets_of(rule, entity, work.shotgrid);
    if (rule.only_empty) std::erase_if(targets, [](const Target& each) { return !is_empty(each.present); });
    if (targets.empty()) return false;
    const auto wanted = wanted_of(rule, entity, work);
    if (!wanted) return false;
    bool wrote = false;
    for (const auto& target : targets) {
        // An event that comes late does not set back what a later one has set.
        const bool late =
            rule.kind == Kind::stamp && target.present.IsString() && json::stringify(target.present) > *wanted;
        if (!late) wrote = write(rule, target, *wanted, work) || wrote;
    }
    return wrote;
}

// The links over which the event reaches the rule. A stamp is of the event that made the condition true, and of none
// that came before or after it.
std::set<std::string> links_of(const Rule& rule, const Work& work) {
    std::set<std::string> links;
    const auto& value = work.event.change().new_value;
    for (const auto& reach : rule.reaches(work.subject)) {
        if (rule.kind != Kind::stamp || value.is_null() || rule.when.allows(reach.path, value.json()))
            links.insert(reach.link);
    }
    return links;
}

// All entities of the type `on` that the event reaches from afar.
void see_linking(const Rule& rule, const Work& work, const std::function<void(const json::Value&)>& see) {
    const Link source{work.subject.type, work.subject.id};
    for (const auto& link : links_of(rule, work)) {
        work.shotgrid.find_pages({.type = rule.on, .filter = field(link).is(source), .fields = rule.fields()},
                                 [&](const json::Value& page) {
                                     for (const auto& entity : page.GetArray()) {
                                         work.context.progress(rule.name);
                                         see(entity);
                                     }
                                     return true;
                                 });
    }
}

bool apply_to_own(const Rule& rule, const Work& work) {
    const auto& value = work.event.change().new_value;
    if (rule.kind == Kind::stamp && !value.is_null() && !rule.when.allows(work.subject.attribute, value.json()))
        return false;
    const auto entity =
        work.shotgrid.find_one({.type = rule.on, .filter = field("id").is(work.subject.id), .fields = rule.fields()});
    return entity.IsObject() && apply_to(rule, entity, work);
}

// Whether the event is of an entity that the search may find now.
bool may_find(const Rule& rule, const fields::Subject& subject) {
    return rule.search && rule.changed.empty() && rule.search->may_find(subject);
}

bool apply_to_seekers(const Rule& rule, const Work& work) {
    const auto& search = *rule.search;
    const auto found = work.shotgrid.find_one(
        {.type = search.type(), .filter = field("id").is(work.subject.id), .fields = search.fields_of_found()});
    if (!found.IsObject()) return false;
    auto filter = search.filter_back(found);
    if (!filter) return false;
    if (rule.only_empty && rule.to.hops().empty())
        filter = foley::site::shotgrid::all(*filter, field(rule.to.text()).is(nullptr));
    // All before the first write, since a write takes its entity out of the answer.
    const auto seekers = work.shotgrid.find({.type = rule.on, .filter = *filter, .fields = rule.fields()});
    bool wrote = false;
    for (const auto& entity : seekers.GetArray()) {
        work.context.progress(rule.name);
        wrote = apply_to(rule, entity, work) || wrote;
    }
    return wrote;
}

bool apply_total(const Rule& rule, const Work& work) {
    const auto link = rule.target_link();
    std::vector<Link> parents;
    const auto add = [&](const json::Value& value) {
        const auto parent = link_of(value);
        if (!parent || parent->type != rule.target_type()) return;
        if (std::find(parents.begin(), parents.end(), *parent) == parents.end()) parents.push_back(*parent);
    };
    if (rule.concerned(work.subject)) {
        const auto entity = work.shotgrid.find_one({.type = rule.on,
                                                    .filter = field("id").is(work.subject.id),
                                                    .fields = {link},
                                                    .retired = work.subject.action == "remove"});
        add(json::member(entity, link));
        if (work.subject.attribute == link) {
            add(work.event.change().old_value.json());
            add(work.event.change().new_value.json());
        }
    }
    see_linking(rule, work, [&](const json::Value& entity) { add(json::member(entity, link)); });
    bool wrote = false;
    for (const auto& parent : parents) {
        work.context.progress(rule.name);
        const auto now = work.shotgrid.find_one(
            {.type = parent.type, .filter = field("id").is(parent.id), .fields = {rule.to.last()}});
        if (!now.IsObject()) continue;
        const auto children =
            work.shotgrid.find({.type = rule.on, .filter = field(link).is(parent), .fields = rule.fields()});
        const auto total = json::parse(total_of(rule, children));
        const Target target{parent, json::parse(json::stringify(json::member(now, rule.to.last())))};
        wrote = write(rule, target, for_field(total, rule.to_type), work) || wrote;
    }
    return wrote;
}

}  // namespace

bool concerns(const Rule& rule, const fields::Subject& subject) {
    return rule.concerned(subject) || !rule.reaches(subject).empty() || may_find(rule, subject);
}

bool apply(const Rule& rule, const Work& work) {
    if (rule.kind == Kind::total) return apply_total(rule, work);
    bool wrote = rule.concerned(work.subject) && apply_to_own(rule, work);
    see_linking(rule, work, [&](const json::Value& entity) { wrote = apply_to(rule, entity, work) || wrote; });
    if (may_find(rule, work.subject)) wrote = apply_to_seekers(rule, work) || wrote;
    return wrote;
}

}  // namespace copy_fields
