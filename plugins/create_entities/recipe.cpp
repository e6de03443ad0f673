#include "create_entities/recipe.hpp"

#include "fields/field_path.hpp"
#include "fields/field_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <variant>

namespace create_entities {

namespace json = foley::json;
using foley::site::shotgrid::Link;
using foley::site::shotgrid::link_of;
using foley::site::shotgrid::Value;

namespace {

constexpr std::string_view kSelf = ".";
constexpr std::string_view kUser = "event.user";
constexpr std::string_view kOld = "event.old";
constexpr std::string_view kNew = "event.new";

bool is_path(std::string_view name) {
    return name != kSelf && name != kUser && name != kOld && name != kNew;
}

std::optional<Link> user_of(const foley::Event& event) {
    const auto& user = event.user();
    Link link{user.type, 0};
    const auto [end, error] = std::from_chars(user.id.data(), user.id.data() + user.id.size(), link.id);
    if (link.type.empty() || error != std::errc() || end != user.id.data() + user.id.size()) return std::nullopt;
    return link;
}

// What a name stands for, where the source or the event has it as JSON.
const json::Value& found(std::string_view name, const Source& source) {
    if (name == kOld) return source.event.change().old_value.json();
    if (name == kNew) return source.event.change().new_value.json();
    return json::member(source.entity, fields::FieldPath(name).text());
}

std::optional<std::string> text_of(std::string_view name, const Source& source) {
    if (name == kSelf) return fields::text_of(source.entity);
    if (name != kUser) return fields::text_of(found(name, source));
    return source.event.user().name.empty() ? std::nullopt : std::optional(source.event.user().name);
}

}  // namespace

bool is_link(std::string_view kind) {
    return kind == "entity" || kind == "multi_entity";
}

std::optional<std::string> Recipe::Part::alone() const {
    if (!text || text->parts().size() != 1) return std::nullopt;
    const auto* placeholder = std::get_if<fields::TextTemplate::Placeholder>(&text->parts().front());
    if (placeholder == nullptr || placeholder->otherwise) return std::nullopt;
    return placeholder->name;
}

Recipe::Recipe(const json::Value& configured) {
    const auto add = [&](const json::Value& one) {
        Part part;
        if (one.IsString()) {
            part.text.emplace(json::text_or_empty(one));
            for (const auto& name : part.text->names()) {
                if (is_path(name)) static_cast<void>(fields::FieldPath(name));
            }
        } else if (one.IsArray()) {
            throw std::invalid_argument("a list in a list makes no sense.");
        } else {
            if (one.IsObject() && !link_of(one))
                throw std::invalid_argument("a mapping must be a link: {type: Group, id: 5}.");
            part.json = json::stringify(one);
        }
        parts_.push_back(std::move(part));
    };
    is_list_ = configured.IsArray();
    if (is_list_) {
        for (const auto& one : configured.GetArray())
            add(one);
    } else {
        add(configured);
    }
}

std::vector<std::string> Recipe::paths() const {
    std::vector<std::string> paths;
    for (const auto& part : parts_) {
        if (!part.text) continue;
        for (const auto& name : part.text->names()) {
            if (is_path(name)) paths.push_back(fields::FieldPath(name).text());
        }
    }
    return paths;
}

std::string Recipe::fault_for(std::string_view kind) const {
    if (!is_link(kind)) {
        if (is_list_) return fmt::format("a list is for links; this field is of the type {}.", kind);
        const bool has_link =
            std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.json.starts_with('{'); });
        return has_link ? fmt::format("it is of the type {}, and takes no link.", kind) : std::string();
    }
    for (const auto& part : parts_) {
        const bool is_nothing = part.text ? part.text->text().empty() : part.json == "null";
        if (!is_nothing && !part.alone() && !part.json.starts_with('{'))
            return "a link is written {field}, {.}, {event.user}, or as a mapping with type and id.";
    }
    return {};
}

std::optional<std::string> Recipe::constant() const {
    if (is_list_ || !parts_.front().text || !parts_.front().text->names().empty()) return std::nullopt;
    return parts_.front().text->render([](const auto&) { return std::nullopt; });
}

std::vector<Link> Recipe::links(const Source& source) const {
    std::vector<Link> links;
    const auto add = [&](const std::optional<Link>& link) {
        if (link && std::find(links.begin(), links.end(), *link) == links.end()) links.push_back(*link);
    };
    const auto add_all = [&](const json::Value& value) {
        if (!value.IsArray()) return add(link_of(value));
        for (const auto& each : value.GetArray())
            add(link_of(each));
    };
    for (const auto& part : parts_) {
        const auto name = part.alone();
        if (!name) {
            if (!part.json.empty()) add(link_of(json::parse(part.json)));
        } else if (*name == kSelf) {
            add(link_of(source.entity));
        } else if (*name == kUser) {
            add(user_of(source.event));
        } else {
            add_all(found(*name, source));
        }
    }
    return links;
}

std::optional<Value> Recipe::value(std::string_view kind, const Source& source) const {
    if (is_link(kind)) {
        const auto all = links(source);
        if (all.empty()) return std::nullopt;
        return kind == "entity" ? Value(all.front()) : Value(all);
    }
    const auto& part = parts_.front();
    if (!part.text) return part.json == "null" ? std::nullopt : std::optional(Value(json::parse(part.json)));
    const auto name = part.alone();
    if (kind != "text" && name && *name != kSelf && *name != kUser) {
        const auto& value = found(*name, source);
        return value.IsNull() ? std::nullopt : std::optional(Value(value));
    }
    const auto text = part.text->render([&](const std::string& each) { return text_of(each, source); });
    return text.empty() ? std::nullopt : std::optional(Value(text));
}

}  // namespace create_entities
