#include "protect_final/rule.hpp"

#include "fields/field_path.hpp"
#include "fields/field_text.hpp"
#include "rules/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <sys/stat.h>

namespace protect_final {

namespace json = foley::json;

namespace {

// A published file's path is an object, with the path on each system.
std::optional<std::string> value_of(const json::Value& value) {
    if (!value.IsObject()) return fields::text_of(value);
    for (const char* member : {"local_path_linux", "local_path"}) {
        const auto path = json::text_or_empty(value, member);
        if (!path.empty()) return std::string(path);
    }
    const auto url = json::text_or_empty(value, "url");
    if (url.starts_with("file://")) return std::string(url.substr(7));
    return fields::text_of(value);
}

fields::TextTemplate path_of(const std::string& text, rules::Members& members) {
    try {
        fields::TextTemplate path(text);
        if (path.parts().empty()) members.refuse("paths: one of them is empty.");
        for (const auto& name : path.names())
            static_cast<void>(fields::FieldPath(name));
        return path;
    } catch (const std::invalid_argument& error) {
        members.refuse(fmt::format("paths: {}", error.what()));
    }
}

}  // namespace

bool Rule::is_final(std::string_view status) const {
    return std::find(values.begin(), values.end(), status) != values.end();
}

std::vector<std::string> Rule::read_fields() const {
    std::vector<std::string> names{field};
    const auto add = [&](const std::string& each) {
        if (std::find(names.begin(), names.end(), each) == names.end()) names.push_back(each);
    };
    for (const auto& path : when.paths())
        add(path.text());
    for (const auto& path : paths) {
        for (const auto& each : path.names())
            add(fields::FieldPath(each).text());
    }
    return names;
}

bool Rule::depends_on(std::string_view attribute) const {
    if (attribute == field) return true;
    return std::any_of(paths.begin(), paths.end(), [&](const fields::TextTemplate& path) {
        const auto names = path.names();
        return std::any_of(names.begin(), names.end(),
                           [&](const std::string& each) { return fields::FieldPath(each).first() == attribute; });
    });
}

Rule read_rule(const std::string& name, const json::Value& configured) {
    rules::Members members(name, configured);
    Rule rule;
    rule.name = name;
    rule.type = members.required_text("type");
    rule.field = members.text("field", "sg_status_list");
    rule.values = members.texts("values");
    rule.when = members.condition("when");
    for (const auto& path : members.texts("paths"))
        rule.paths.push_back(path_of(path, members));
    const auto release = members.word("release", "never", {"never", "owner", "group"});
    constexpr mode_t kOwner = S_IWUSR;
    constexpr mode_t kGroup = S_IWUSR | S_IWGRP;
    if (release != "never") rule.release = ModeChange{0, release == "owner" ? kOwner : kGroup};
    rule.projects = {members.texts("projects"), members.texts("exclude_projects")};
    members.finish();
    if (rule.values.empty()) members.refuse("values is missing: the statuses that are final.");
    if (rule.paths.empty()) members.refuse("paths is missing: where the files lie, as in \"{sg_path_to_frames}\".");
    if (rule.field.find('.') != std::string::npos) members.refuse("field: it must be a field of the entity itself.");
    return rule;
}

std::string render(const fields::TextTemplate& path, const json::Value& entity) {
    const auto* first = std::get_if<fields::TextTemplate::Placeholder>(&path.parts().front());
    std::vector<std::string> missing;
    auto text = path.render(
        [&](const std::string& name) {
            auto value = value_of(json::member(entity, fields::FieldPath(name).text()));
            const bool begins = first != nullptr && first->name == name;
            if (value && !begins && (value->find('/') != std::string::npos || *value == "." || *value == ".."))
                throw PathRefused(fmt::format("{} is \"{}\", which cannot be one folder's name.", name, *value));
            return value;
        },
        &missing);
    if (!missing.empty())
        throw PathRefused(
            fmt::format("{} is empty, so there is no path. Fill it, or leave such entities out with "
                        "`when`.",
                        fmt::join(missing, ", ")));
    return text;
}

}  // namespace protect_final
