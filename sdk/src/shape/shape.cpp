#include "readers.hpp"

#include <foley/shape.hpp>

#include <utility>

namespace foley {

EventFacts read_facts(Shape shape, const json::Value& payload) {
    switch (shape) {
        case Shape::ftrack:
            return shape::read_ftrack(payload);
        case Shape::shotgrid:
            return shape::read_shotgrid(payload);
        case Shape::ayon:
            return shape::read_ayon(payload);
        case Shape::plain:
            break;
    }
    return shape::read_plain(payload);
}

namespace shape {

std::string name_text(const json::Value& value) {
    const std::string_view text = json::text_or_empty(value);
    return text.size() <= kLongestName ? std::string(text) : std::string();
}

std::string scalar_text(const json::Value& value) {
    return value.IsNumber() ? json::to_text(value) : name_text(value);
}

void ProjectCollector::add(Project project) {
    if (project.empty() || !seen_.emplace(project.id, project.name).second) return;
    facts_.projects.push_back(std::move(project));
}

MemberIndex index_members(const json::Value& object) {
    MemberIndex index;
    if (!object.IsObject()) return index;
    for (const auto& member : object.GetObject())
        index.emplace(json::text_or_empty(member.name), &member.value);
    return index;
}

Value value_at(const MemberIndex& index, std::string_view name) {
    const auto found = index.find(name);
    return found == index.end() ? Value{} : Value{*found->second};
}

Value value_of(const json::Value& object, std::string_view name) {
    const json::Value& value = json::member(object, name);
    return &value == &json::null() ? Value{} : Value{value};
}

}  // namespace shape
}  // namespace foley
