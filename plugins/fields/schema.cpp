#include "fields/schema.hpp"

#include <fmt/format.h>

namespace fields {

namespace json = foley::json;

const json::Value& Schema::fields_of(const std::string& type) {
    const auto found = types_.find(type);
    if (found != types_.end()) return found->second;
    json::Document fields;
    try {
        fields = shotgrid_.schema_field_read(type);
    } catch (const foley::SiteError& error) {
        // There being no such type is an answer; all else is trouble with the site.
        if (error.transient() || error.kind() != foley::SiteError::Kind::validation) throw;
    }
    return types_.emplace(type, std::move(fields)).first->second;
}

std::string Schema::fault_of(const std::string& type, const FieldPath& path) {
    std::string at = type;
    const auto missing = [&](const std::string& field) {
        return fmt::format(
            "{}: {} has no field {} on this site. Fields are named as in the API: sg_… for a studio's "
            "own.",
            path.text(), at, field);
    };
    for (const auto& hop : path.hops()) {
        const auto& fields = fields_of(at);
        if (fields.IsNull()) return fmt::format("{}: this site has no entity type {}.", path.text(), at);
        const auto& field = json::member(fields, hop.field);
        if (field.IsNull()) return missing(hop.field);
        const auto kind = json::text_or_empty(field, "data_type", "value");
        if (kind != "entity" && kind != "multi_entity")
            return fmt::format("{}: {}.{} is no link to another entity but of the type {}.", path.text(), at, hop.field,
                               kind);
        at = hop.type;
    }
    const auto& fields = fields_of(at);
    if (fields.IsNull()) return fmt::format("{}: this site has no entity type {}.", path.text(), at);
    if (json::member(fields, path.last()).IsNull() && path.last() != "id") return missing(path.last());
    return {};
}

std::string Schema::data_type(const std::string& type, const FieldPath& path) {
    const auto& owner = path.hops().empty() ? type : path.hops().back().type;
    return std::string(json::text_or_empty(fields_of(owner), path.last(), "data_type", "value"));
}

}  // namespace fields
