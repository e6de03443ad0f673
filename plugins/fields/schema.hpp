// Schema: what the site says about the fields of its entity types, asked for once for each type.
//
// Thread: one at a time. Throws: SiteError.
#pragma once

#include "fields/field_path.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fields {

class Schema {
public:
    // shotgrid must outlive the schema.
    explicit Schema(foley::site::Shotgrid& shotgrid) : shotgrid_(shotgrid) {}

    // Why the path does not lead to a field of that type, as a sentence; empty when it does.
    std::string fault_of(const std::string& type, const FieldPath& path);
    // "text", "date", "multi_entity"; empty when there is no such field.
    std::string data_type(const std::string& type, const FieldPath& path);

private:
    // Null: there is no such type.
    const foley::json::Value& fields_of(const std::string& type);
    foley::site::Shotgrid& shotgrid_;
    std::map<std::string, foley::json::Document, std::less<>> types_;
};

}  // namespace fields
