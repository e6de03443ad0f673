#include "core/event/filter.hpp"

#include <algorithm>
#include <string_view>

namespace foley::core {
namespace {

using Patterns = std::vector<std::string>;

constexpr std::string_view kAny = "*";

bool pattern_matches(std::string_view pattern, std::string_view text) noexcept {
    if (!pattern.empty() && pattern.back() == '*') return text.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == text;
}

bool is_any(const Patterns& patterns) noexcept {
    return patterns.empty() || std::find(patterns.begin(), patterns.end(), kAny) != patterns.end();
}

bool one_matches(const Patterns& patterns, std::string_view text) noexcept {
    return std::any_of(patterns.begin(), patterns.end(),
                       [text](const std::string& pattern) { return pattern_matches(pattern, text); });
}

bool clause_matches(const Patterns& patterns, std::string_view text) noexcept {
    return patterns.empty() || one_matches(patterns, text);
}

bool some_project(const Patterns& patterns, const Event& event) noexcept {
    return std::any_of(event.projects.begin(), event.projects.end(),
                       [&](const std::string& project) { return one_matches(patterns, project); });
}

bool changes_match(const Filter& filter, const Event& event) noexcept {
    const bool any_attribute = is_any(filter.attribute);
    const bool any_type = is_any(filter.entity_type);
    if (any_attribute && any_type) return true;
    return std::any_of(event.changes.begin(), event.changes.end(), [&](const Change& change) {
        return (any_attribute || one_matches(filter.attribute, change.attribute)) &&
               (any_type || one_matches(filter.entity_type, change.entity_type));
    });
}

bool projects_match(const Filter& filter, const Event& event) noexcept {
    if (!filter.exclude_project.empty() && some_project(filter.exclude_project, event)) return false;
    return is_any(filter.project) || some_project(filter.project, event);
}

std::string_view to_string(EventKind kind) noexcept {
    return kind == EventKind::gap ? "gap" : "site";
}

template <typename Range, typename Text>
std::string list(const Range& range, Text text) {
    std::string out;
    for (const auto& item : range) {
        const std::string_view word = text(item);
        if (word.empty()) continue;
        const std::string quoted = "'" + std::string(word) + "'";
        if (out.find(quoted) != std::string::npos) continue;
        if (!out.empty()) out += ", ";
        out += quoted;
    }
    return out.empty() ? "none" : out;
}

std::string list(const Patterns& patterns) {
    return list(patterns, [](const std::string& pattern) -> std::string_view { return pattern; });
}

std::string says_no(const char* clause, const Patterns& wanted, const std::string& what) {
    return std::string(clause) + ": the filter wants " + list(wanted) + ", " + what;
}

std::string explain_changes(const Filter& filter, const Event& event) {
    const auto types = list(event.changes, [](const Change& change) -> std::string_view { return change.entity_type; });
    const auto attributes =
        list(event.changes, [](const Change& change) -> std::string_view { return change.attribute; });
    const auto some = [&](const Patterns& patterns, std::string Change::*member) {
        return is_any(patterns) || std::any_of(event.changes.begin(), event.changes.end(), [&](const Change& change) {
                   return one_matches(patterns, change.*member);
               });
    };
    if (!some(filter.entity_type, &Change::entity_type)) {
        return says_no("entity_type", filter.entity_type, "the event changes " + types);
    }
    if (!some(filter.attribute, &Change::attribute)) {
        return says_no("attribute", filter.attribute, "the event changes " + attributes);
    }
    return "attribute and entity_type: the event has an attribute of " + list(filter.attribute) + " and an entity of " +
           list(filter.entity_type) + ", but not in the same change";
}

}  // namespace

bool matches(const Filter& filter, const Event& event) noexcept {
    return filter.kind == event.kind && clause_matches(filter.type, event.type) &&
           clause_matches(filter.source, event.source) && changes_match(filter, event) && projects_match(filter, event);
}

std::string explain_mismatch(const Filter& filter, const Event& event) {
    if (filter.kind != event.kind) {
        return "kind: the filter wants " + std::string(to_string(filter.kind)) + " events, this is a " +
               std::string(to_string(event.kind)) + " event";
    }
    if (!clause_matches(filter.type, event.type)) {
        return says_no("type", filter.type, "the event's is '" + event.type + "'");
    }
    if (!clause_matches(filter.source, event.source)) {
        return says_no("source", filter.source, "the event came from '" + event.source + "'");
    }
    if (!changes_match(filter, event)) return explain_changes(filter, event);
    if (!filter.exclude_project.empty() && some_project(filter.exclude_project, event)) {
        return "exclude_project: the filter leaves out " + list(filter.exclude_project) + ", the event's project is " +
               list(event.projects);
    }
    if (!projects_match(filter, event)) {
        return says_no("project", filter.project, "the event's is " + list(event.projects));
    }
    return {};
}

FilterSet::FilterSet(std::vector<Filter> filters) : filters_(std::move(filters)) {
    for (std::uint32_t index = 0; index < filters_.size(); ++index) {
        const Patterns& types = filters_[index].type;
        const bool exact = !types.empty() && std::none_of(types.begin(), types.end(), [](const std::string& type) {
            return !type.empty() && type.back() == '*';
        });
        if (!exact) {
            other_.push_back(index);
            continue;
        }
        for (const std::string& type : types) {
            std::vector<std::uint32_t>& indices = by_type_[type];
            if (indices.empty() || indices.back() != index) indices.push_back(index);
        }
    }
}

bool FilterSet::wants(const Event& event) const noexcept {
    const auto one = [&](std::uint32_t index) { return matches(filters_[index], event); };
    const auto found = by_type_.find(std::string_view(event.type));
    if (found != by_type_.end() && std::any_of(found->second.begin(), found->second.end(), one)) return true;
    return std::any_of(other_.begin(), other_.end(), one);
}

bool FilterSet::may_want(EventKind kind, std::string_view type) const noexcept {
    const auto of_kind = [&](std::uint32_t index) { return filters_[index].kind == kind; };
    const auto found = by_type_.find(type);
    if (found != by_type_.end() && std::any_of(found->second.begin(), found->second.end(), of_kind)) return true;
    return std::any_of(other_.begin(), other_.end(), [&](std::uint32_t index) {
        return of_kind(index) && clause_matches(filters_[index].type, type);
    });
}

std::vector<std::uint32_t> FilterSet::matching(const Event& event) const {
    std::vector<std::uint32_t> result;
    const auto collect = [&](const std::vector<std::uint32_t>& indices) {
        std::copy_if(indices.begin(), indices.end(), std::back_inserter(result),
                     [&](std::uint32_t index) { return matches(filters_[index], event); });
    };
    const auto found = by_type_.find(std::string_view(event.type));
    if (found != by_type_.end()) collect(found->second);
    collect(other_);
    std::sort(result.begin(), result.end());
    return result;
}

}  // namespace foley::core
