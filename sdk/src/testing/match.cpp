#include "match.hpp"

#include <algorithm>

namespace foley::testing {
namespace {

bool one_matches(const Patterns& patterns, std::string_view text) {
    const auto& all = patterns.texts();
    return std::any_of(all.begin(), all.end(), [&](std::string_view pattern) {
        if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
        return pattern == text;
    });
}

bool is_any(const Patterns& patterns) {
    const auto& all = patterns.texts();
    return all.empty() || std::find(all.begin(), all.end(), "*") != all.end();
}

bool some_project(const Patterns& patterns, const EventFacts& facts) {
    return std::any_of(facts.projects.begin(), facts.projects.end(), [&](const Project& project) {
        return (!project.id.empty() && one_matches(patterns, project.id)) ||
               (!project.name.empty() && one_matches(patterns, project.name));
    });
}

bool some_change(const Filter& filter, const EventFacts& facts) {
    if (is_any(filter.attribute) && is_any(filter.entity_type)) return true;
    return std::any_of(facts.changes.begin(), facts.changes.end(), [&](const Change& change) {
        return matches(filter.attribute, change.attribute) && matches(filter.entity_type, change.entity.type);
    });
}

}  // namespace

bool matches(const Patterns& patterns, std::string_view text) {
    return is_any(patterns) || one_matches(patterns, text);
}

bool matches(const Filter& filter, std::string_view source, std::string_view type, const EventFacts& facts) {
    return matches(filter.type, type) && matches(filter.source, source) && some_change(filter, facts) &&
           !some_project(filter.exclude_project, facts) &&
           (is_any(filter.project) || some_project(filter.project, facts));
}

}  // namespace foley::testing
