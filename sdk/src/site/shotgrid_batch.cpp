#include "shotgrid_batch.hpp"

#include <foley/site/error.hpp>

#include <algorithm>
#include <utility>

namespace foley::site {

namespace shotgrid {

namespace {

std::string type_member(std::string_view entity_type) {
    check_type(entity_type);
    return R"("type":)" + json::quote(entity_type);
}

std::string fields_member(const Fields& fields) {
    std::string out;
    for (const auto& field : fields.all()) {
        out += (out.empty() ? "" : ",") + (R"({"field_name":)" + json::quote(field.field)) + R"(,"value":)" +
               field.value.json();
        if (field.mode == Fields::Mode::add) out += R"(,"multi_entity_update_mode":"add")";
        if (field.mode == Fields::Mode::remove) out += R"(,"multi_entity_update_mode":"remove")";
        out += '}';
    }
    return R"("fields":[)" + out + "]";
}

// The entity that the site would answer.
std::string pretended(std::string_view entity_type, std::int64_t id, const Fields& fields) {
    std::string out = "{" + type_member(entity_type) + R"(,"id":)" + std::to_string(id);
    for (const auto& field : fields.all()) {
        if (field.mode != Fields::Mode::set || field.field == "id" || field.field == "type") continue;
        out += "," + json::quote(field.field) + ":" + field.value.json();
    }
    return out + "}";
}

}  // namespace

void check_type(std::string_view entity_type) {
    const bool good = !entity_type.empty() && std::all_of(entity_type.begin(), entity_type.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
    if (!good) throw ValidationError("'" + std::string(entity_type) + "' is not the name of an entity type");
}

std::string name_list(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names)
        out += (out.empty() ? "" : ",") + json::quote(name);
    return "[" + out + "]";
}

Write create_write(std::string_view entity_type, const Fields& fields, const std::vector<std::string>& return_fields) {
    for (const auto& field : fields.all()) {
        if (field.mode != Fields::Mode::set)
            throw ValidationError("a new " + std::string(entity_type) + " has no links yet: set " + field.field +
                                  " instead of adding to it or removing from it");
    }
    return {type_member(entity_type) + "," + fields_member(fields) + R"(,"return_fields":)" + name_list(return_fields),
            pretended(entity_type, 0, fields)};
}

Write update_write(std::string_view entity_type, std::int64_t id, const Fields& fields) {
    return {type_member(entity_type) + R"(,"id":)" + std::to_string(id) + "," + fields_member(fields),
            pretended(entity_type, id, fields)};
}

Write id_write(std::string_view entity_type, std::int64_t id) {
    return {type_member(entity_type) + R"(,"id":)" + std::to_string(id), "true"};
}

Fields::Fields(const rapidjson::Value& object) {
    if (!object.IsObject()) throw ValidationError("the fields of an entity must be a JSON object");
    for (const auto& member : object.GetObject())
        set(json::text_or_empty(member.name), Value(member.value));
}

Fields& Fields::set(std::string_view field, const Value& value) {
    fields_.push_back({std::string(field), value, Mode::set});
    return *this;
}

Fields& Fields::add(std::string_view field, const std::vector<Link>& links) {
    fields_.push_back({std::string(field), Value(links), Mode::add});
    return *this;
}

Fields& Fields::remove(std::string_view field, const std::vector<Link>& links) {
    fields_.push_back({std::string(field), Value(links), Mode::remove});
    return *this;
}

}  // namespace shotgrid

namespace {

std::string element(std::string_view request_type, const shotgrid::Write& write) {
    return std::string(R"({"request_type":")").append(request_type).append(R"(",)").append(write.members) + "}";
}

}  // namespace

ShotgridBatch::ShotgridBatch() : operations_(std::make_unique<Operations>()) {}
ShotgridBatch::ShotgridBatch(ShotgridBatch&&) noexcept = default;
ShotgridBatch& ShotgridBatch::operator=(ShotgridBatch&&) noexcept = default;
ShotgridBatch::~ShotgridBatch() = default;

void ShotgridBatch::create(std::string_view entity_type, const shotgrid::Fields& fields,
                           const std::vector<std::string>& return_fields) {
    const auto write = shotgrid::create_write(entity_type, fields, return_fields);
    operations_->list.push_back(
        {Operations::Action::create, std::string(entity_type), element("create", write), write.pretend});
}

void ShotgridBatch::update(std::string_view entity_type, std::int64_t id, const shotgrid::Fields& fields) {
    const auto write = shotgrid::update_write(entity_type, id, fields);
    operations_->list.push_back(
        {Operations::Action::update, std::string(entity_type), element("update", write), write.pretend});
}

void ShotgridBatch::remove(std::string_view entity_type, std::int64_t id) {
    const auto write = shotgrid::id_write(entity_type, id);
    operations_->list.push_back(
        {Operations::Action::remove, std::string(entity_type), element("delete", write), write.pretend});
}

std::size_t ShotgridBatch::size() const noexcept {
    return operations_->list.size();
}

}  // namespace foley::site
