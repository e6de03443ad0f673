// What a ShotgridBatch holds, and the parameters that a single write shares with it. Internal to the client.
#pragma once

#include <foley/site/shotgrid_batch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace foley::site {

struct ShotgridBatch::Operations {
    enum class Action { create, update, remove };
    struct One {
        Action action;
        std::string entity_type;
        std::string wire;     // the element of the request
        std::string pretend;  // the element of the answer, for a dry run
    };
    std::vector<One> list;
};

namespace shotgrid {

// One write as it travels: its members without the braces, and what the site would answer.
struct Write {
    std::string members;
    std::string pretend;
};

// Throw ValidationError for an entity type that is no name, and for a create with add or remove.
Write create_write(std::string_view entity_type, const Fields& fields, const std::vector<std::string>& return_fields);
Write update_write(std::string_view entity_type, std::int64_t id, const Fields& fields);
// For delete and revive.
Write id_write(std::string_view entity_type, std::int64_t id);

void check_type(std::string_view entity_type);
// ["id","code"]
std::string name_list(const std::vector<std::string>& names);

}  // namespace shotgrid

}  // namespace foley::site
