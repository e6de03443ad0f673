#include "fields/subject.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace fields {

std::string Subject::shown() const {
    return fmt::format("{} {}", type, id);
}

std::optional<Subject> subject_of(const foley::Event& event) {
    const auto& change = event.change();
    Subject subject;
    const auto& id = change.entity.id;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), subject.id);
    if (change.entity.type.empty() || error != std::errc() || end != id.data() + id.size()) return std::nullopt;
    subject.type = change.entity.type;
    subject.attribute = change.attribute;
    subject.action = change.action;
    subject.in_create = foley::json::is_true(foley::json::find(event.json(), "meta", "in_create"));
    return subject;
}

bool Projects::want(const foley::Event& event) const {
    const auto named_in = [&](const std::set<std::string>& names) {
        const auto projects = event.projects();
        return std::any_of(projects.begin(), projects.end(), [&](const foley::Project& project) {
            return names.contains(project.id) || names.contains(project.name);
        });
    };
    return (only_.empty() || named_in(only_)) && !named_in(never_);
}

bool Projects::want(const foley::json::Value& link) const {
    const auto named_in = [&](const std::set<std::string>& names) {
        return names.contains(foley::json::to_text(foley::json::member(link, "id"))) ||
               names.contains(std::string(foley::json::text_or_empty(link, "name")));
    };
    return (only_.empty() || named_in(only_)) && !named_in(never_);
}

}  // namespace fields
