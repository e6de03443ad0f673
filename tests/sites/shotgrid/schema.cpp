#include "tests/sites/shotgrid/schema.hpp"

#include "tests/sites/shotgrid/fault.hpp"

#include <utility>

namespace foley::sim::shotgrid {

namespace {

using enum DataType;

Field project_field() {
    return {"project", entity};
}

Field status(std::vector<std::string> choices) {
    return {"sg_status_list", status_list, std::move(choices)};
}

const std::vector<std::string> kTaskStatuses{"wtg", "rdy", "ip", "hld", "rev", "fin", "apr", "omt", "na"};
const std::vector<std::string> kEntityStatuses{"wtg", "ip", "hld", "fin", "omt", "na"};

}  // namespace

std::string_view name_of(DataType type) {
    switch (type) {
        case number:
            return "number";
        case real:
            return "float";
        case text:
            return "text";
        case date:
            return "date";
        case date_time:
            return "date_time";
        case entity:
            return "entity";
        case multi_entity:
            return "multi_entity";
        case uuid:
            return "uuid";
        case checkbox:
            return "checkbox";
        case list:
            return "list";
        case status_list:
            return "status_list";
        case serializable:
            return "serializable";
        case image:
            return "image";
    }
    return "text";
}

std::optional<std::size_t> Type::find(std::string_view field) const {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].name == field) return i;
    }
    return std::nullopt;
}

const Type* Schema::find(std::string_view type) const {
    const auto found = types_.find(type);
    return found == types_.end() ? nullptr : &found->second;
}

const Type& Schema::get(std::string_view type, std::string_view method) const {
    const auto* found = find(type);
    if (found == nullptr)
        throw Fault(kBadRequest, "API " + std::string(method) + "() invalid/missing string entity 'type': '" +
                                     std::string(type) + "'");
    return *found;
}

void Schema::add_type(Type type) {
    type.fields.insert(type.fields.begin(), {"id", number, {}, {}, false});
    for (const char* stamp : {"created_at", "updated_at"})
        type.fields.push_back({stamp, date_time, {}, {}, false});
    for (const char* author : {"created_by", "updated_by"})
        type.fields.push_back({author, entity, {}, {}, false});
    auto name = type.name;
    types_[std::move(name)] = std::move(type);
}

void Schema::add_field(std::string_view type, Field field) {
    const auto found = types_.find(type);
    if (found == types_.end()) throw Fault(kBadRequest, "there is no entity type '" + std::string(type) + "'");
    if (found->second.find(field.name))
        throw Fault(kBadRequest, std::string(type) + "." + field.name + " exists already");
    found->second.fields.push_back(std::move(field));
}

Schema::Schema() {
    add_type({"Project", "name", false, true, {{"name"}, {"sg_status"}, {"archived", checkbox}, {"sg_due", date}}});
    add_type({"HumanUser",
              "name",
              false,
              true,
              {{"name"}, {"login"}, {"email"}, status({"act", "dis"}), {"projects", multi_entity}}});
    add_type({"ApiUser", "firstname", false, true, {{"firstname"}, {"generate_event_log_entries", checkbox}}});
    add_type({"ClientUser", "name", false, true, {{"name"}, {"email"}}});
    add_type({"Group", "code", false, true, {{"code"}, {"users", multi_entity}}});
    add_type({"Step", "code", false, true, {{"code"}, {"short_name"}}});
    add_type({"Status", "name", false, true, {{"name"}, {"code"}, {"sg_task_status_mapping"}}});
    add_type({"Sequence",
              "code",
              true,
              true,
              {{"code"}, project_field(), status(kEntityStatuses), {"description"}, {"shots", multi_entity}}});
    add_type({"Shot",
              "code",
              true,
              true,
              {{"code"},
               project_field(),
               status(kEntityStatuses),
               {"description"},
               {"sg_sequence", entity, {}, "shots"},
               {"tasks", multi_entity},
               {"assets", multi_entity},
               {"sg_cut_in", number},
               {"sg_cut_out", number},
               {"sg_cut_duration", number},
               {"sg_finaled_on", date_time},
               {"sg_rate", real},
               {"image", image}}});
    add_type({"Asset",
              "code",
              true,
              true,
              {{"code"},
               project_field(),
               status(kEntityStatuses),
               {"description"},
               {"sg_asset_type", list, {"Character", "Prop", "Environment"}},
               {"tasks", multi_entity}}});
    add_type({"Task",
              "content",
              true,
              true,
              {{"content"},
               project_field(),
               status(kTaskStatuses),
               {"sg_description"},
               {"entity", entity, {}, "tasks"},
               {"step", entity},
               {"task_assignees", multi_entity},
               {"upstream_tasks", multi_entity},
               {"start_date", date},
               {"due_date", date},
               {"duration", number},
               {"milestone", checkbox}}});
    add_type({"Version",
              "code",
              true,
              true,
              {{"code"},
               project_field(),
               status({"na", "rev", "vwd", "apr", "fna"}),
               {"description"},
               {"entity", entity},
               {"sg_task", entity},
               {"user", entity},
               {"sg_first_frame", number},
               {"sg_last_frame", number},
               {"frame_count", number},
               {"sg_path_to_frames"},
               {"image", image}}});
    add_type({"Note",
              "subject",
              true,
              true,
              {{"subject"},
               {"content"},
               project_field(),
               status({"opn", "ip", "clsd"}),
               {"note_links", multi_entity},
               {"addressings_to", multi_entity},
               {"user", entity},
               {"sg_due", date},
               {"sg_at", date_time}}});
    add_type({"Reply", "content", false, true, {{"content"}, {"entity", entity}, {"user", entity}}});
    add_type({"Playlist", "code", true, true, {{"code"}, project_field(), {"versions", multi_entity}}});
    add_type({"PublishedFile", "code", true, true, {{"code"}, project_field(), {"entity", entity}, {"task", entity}}});
    add_type({"CustomEntity02", "code", true, true, {{"code"}, project_field(), {"sg_amount", real}}});
    Type log{"EventLogEntry",
             "description",
             false,
             false,
             {{"event_type"},
              {"attribute_name"},
              {"meta", serializable},
              {"entity", entity},
              {"user", entity},
              project_field(),
              {"session_uuid", uuid},
              {"description"}}};
    add_type(std::move(log));
}

}  // namespace foley::sim::shotgrid
