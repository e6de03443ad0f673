// Schema: the entity types of the simulated site and their fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::sim::shotgrid {

enum class DataType {
    number,
    real,
    text,
    date,
    date_time,
    entity,
    multi_entity,
    uuid,
    checkbox,
    list,
    status_list,
    serializable,
    image,
};

// As schema_field_read and `meta` call it.
std::string_view name_of(DataType type);

struct Field {
    std::string name;
    DataType type = DataType::text;
    std::vector<std::string> choices = {};  // of a list or status_list; empty: any
    std::string back_reference = {};        // of an entity link: the field of the linked entity that lists this one
    bool editable = true;
};

struct Type {
    std::string name;
    std::string display;         // the field whose value is the display name
    bool needs_project = false;  // to be created
    bool logged = true;          // changes are written to the event log
    std::vector<Field> fields;   // the first one is id

    std::optional<std::size_t> find(std::string_view field) const;
};

class Schema {
public:
    Schema();

    const Type* find(std::string_view type) const;
    // Throws Fault 103 when there is none.
    const Type& get(std::string_view type, std::string_view method) const;
    void add_type(Type type);
    void add_field(std::string_view type, Field field);
    const std::map<std::string, Type, std::less<>>& types() const noexcept { return types_; }

private:
    std::map<std::string, Type, std::less<>> types_;
};

}  // namespace foley::sim::shotgrid
