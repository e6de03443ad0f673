#include "status_flow/targets.hpp"

#include <algorithm>
#include <compare>
#include <optional>
#include <set>
#include <utility>

namespace status_flow {

namespace json = foley::json;
using namespace foley::site::shotgrid;

namespace {

std::int64_t id_of(const json::Value& entity) {
    return json::integer(json::member(entity, "id")).value_or(0);
}

json::Document copy_of(const json::Value& value) {
    json::Document out;
    out.CopyFrom(value, out.GetAllocator());
    return out;
}

// Numbers by size, all else as text; dates sort as texts do.
std::partial_ordering compare(const json::Value& a, const json::Value& b) {
    const auto left = json::number(a);
    const auto right = json::number(b);
    if (left && right) return *left <=> *right;
    if (a.IsNull() || b.IsNull()) return std::partial_ordering::unordered;
    return json::to_text(a).compare(json::to_text(b)) <=> 0;
}

}  // namespace

Targets::Documents Targets::ask(const std::string& type, const Filter& filter, std::vector<std::string> fields) {
    progress_();
    Documents out;
    shotgrid_.find_pages({.type = type, .filter = filter, .fields = std::move(fields)}, [&](const json::Value& page) {
        for (const auto& entity : page.GetArray())
            out.push_back(copy_of(entity));
        return true;
    });
    return out;
}

Targets::Documents Targets::find(const Rule& rule, const json::Value& source) {
    const Link self{rule.from, id_of(source)};
    switch (rule.to) {
        case To::self:
            return ask(rule.from, field("id").is(self.id), rule.target_fields());
        case To::link:
            return of_link(rule, source);
        case To::children:
            return ask(rule.types.front(), field(rule.via).is(self), rule.target_fields());
        case To::latest: {
            progress_();
            Documents out;
            auto newest = shotgrid_.find_one({.type = rule.types.front(),
                                              .filter = field(rule.via).is(self),
                                              .fields = rule.target_fields(),
                                              .order = {descending("id")}});
            if (newest.IsObject()) out.push_back(std::move(newest));
            return out;
        }
        case To::next:
            return next_of(rule, source);
    }
    return {};
}

Targets::Documents Targets::of_link(const Rule& rule, const json::Value& source) {
    Documents out;
    const auto follow = [&](const json::Value& value) {
        const auto link = link_of(value);
        if (!link || std::find(rule.types.begin(), rule.types.end(), link->type) == rule.types.end()) return;
        for (auto& target : ask(link->type, field("id").is(link->id), rule.target_fields()))
            out.push_back(std::move(target));
    };
    const auto& value = json::member(source, rule.via);
    if (value.IsArray()) {
        for (const auto& each : value.GetArray())
            follow(each);
    } else {
        follow(value);
    }
    return out;
}

Targets::Documents Targets::in_order(const Rule& rule, const json::Value& task, std::vector<std::string> fields) {
    const auto entity = link_of(json::member(task, "entity"));
    if (!entity || json::member(task, rule.by->text()).IsNull()) return {};
    fields.insert(fields.end(), {"entity", rule.by->text()});
    return ask("Task", field("entity").is(*entity), std::move(fields));
}

Targets::Documents Targets::next_of(const Rule& rule, const json::Value& source) {
    Documents found;
    std::set<std::int64_t> seen{id_of(source)};
    Documents todo;
    todo.push_back(copy_of(source));
    // Tasks that `through` passes over lead on to those behind them. What was seen is not looked at again, so a circle
    // of dependencies ends.
    while (!todo.empty()) {
        const auto at = std::move(todo.back());
        todo.pop_back();
        Documents next;
        if (rule.by) {
            const auto& mine = json::member(at, rule.by->text());
            const json::Value* nearest = nullptr;
            auto tasks = in_order(rule, at, rule.target_fields());
            for (const auto& task : tasks) {
                const auto& place = json::member(task, rule.by->text());
                if (std::is_gt(compare(place, mine)) && (nearest == nullptr || std::is_lt(compare(place, *nearest))))
                    nearest = &place;
            }
            if (nearest == nullptr) continue;
            const auto place = copy_of(*nearest);
            for (auto& task : tasks) {
                if (std::is_eq(compare(json::member(task, rule.by->text()), place))) next.push_back(std::move(task));
            }
        } else {
            next = ask("Task", field(rule.via).is(Link{"Task", id_of(at)}), rule.target_fields());
        }
        for (auto& task : next) {
            if (!seen.insert(id_of(task)).second) continue;
            const bool passed_over = !rule.through.empty() && rule.through.holds(task);
            (passed_over ? todo : found).push_back(std::move(task));
        }
    }
    return found;
}

Targets::Documents Targets::before(const Rule& rule, const json::Value& target) {
    if (!rule.by) {
        progress_();
        const auto task =
            shotgrid_.find_one({.type = "Task", .filter = field("id").is(id_of(target)), .fields = {rule.via}});
        std::vector<Value> ids;
        const auto& links = json::member(task, rule.via);
        for (foley::rapidjson::SizeType i = 0; links.IsArray() && i < links.Size(); ++i)
            ids.emplace_back(id_of(links[i]));
        return ids.empty() ? Documents() : ask("Task", field("id").in(ids), rule.sibling_fields());
    }
    Documents out;
    const auto& place = json::member(target, rule.by->text());
    for (auto& task : in_order(rule, target, rule.sibling_fields())) {
        if (std::is_lt(compare(json::member(task, rule.by->text()), place))) out.push_back(std::move(task));
    }
    return out;
}

bool Targets::siblings_agree(const Rule& rule, const json::Value& target) {
    if (!rule.asks_siblings()) return true;
    const Link self{std::string(json::text_or_empty(target, "type")), id_of(target)};
    const auto siblings =
        rule.to == To::next ? before(rule, target) : ask(rule.from, field(rule.via).is(self), rule.sibling_fields());
    const bool all = rule.all.empty() || std::all_of(siblings.begin(), siblings.end(),
                                                     [&](const auto& sibling) { return rule.all.holds(sibling); });
    const bool any = rule.any.empty() || std::any_of(siblings.begin(), siblings.end(),
                                                     [&](const auto& sibling) { return rule.any.holds(sibling); });
    return all && any;
}

}  // namespace status_flow
