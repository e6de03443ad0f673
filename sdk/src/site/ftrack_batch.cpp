#include "ftrack_batch.hpp"

#include "json_members.hpp"

#include <foley/site/error.hpp>

#include <algorithm>
#include <utility>

namespace foley::site {

namespace {

using rapidjson::Value;
using Allocator = rapidjson::Document::AllocatorType;

void check_type(std::string_view entity_type) {
    const bool good = !entity_type.empty() && std::all_of(entity_type.begin(), entity_type.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
    if (!good) throw ValidationError("'" + std::string(entity_type) + "' is not the name of an entity type");
}

void check_attributes(std::string_view entity_type, const Value& attributes) {
    if (!attributes.IsObject())
        throw ValidationError("the attributes of a " + std::string(entity_type) + " must be a JSON object");
}

std::string joined(std::span<const std::string> key) {
    std::string out;
    for (const auto& part : key)
        out += (out.empty() ? "" : ",") + part;
    return out;
}

Value key_value(std::span<const std::string> key, Allocator& allocator) {
    Value out(rapidjson::kArrayType);
    for (const auto& part : key)
        out.PushBack(json::copy(part, allocator), allocator);
    return out;
}

Value operation(std::string_view action, std::string_view entity_type, std::span<const std::string> key,
                Allocator& allocator) {
    Value out(rapidjson::kObjectType);
    out.AddMember("action", json::copy(action, allocator), allocator);
    out.AddMember("entity_type", json::copy(entity_type, allocator), allocator);
    out.AddMember("entity_key", key_value(key, allocator), allocator);
    return out;
}

Value answer(std::string_view action, Value data, Allocator& allocator) {
    Value out(rapidjson::kObjectType);
    out.AddMember("action", json::copy(action, allocator), allocator);
    out.AddMember("data", std::move(data), allocator);
    return out;
}

// The type's name and the attributes.
Value entity_data(std::string_view entity_type, const Value& attributes, Allocator& allocator) {
    Value out(rapidjson::kObjectType);
    out.AddMember("__entity_type__", json::copy(entity_type, allocator), allocator);
    for (const auto& member : attributes.GetObject()) {
        if (std::string_view(member.name.GetString(), member.name.GetStringLength()) == "__entity_type__") continue;
        out.AddMember(owned_copy(member.name, allocator), owned_copy(member.value, allocator), allocator);
    }
    return out;
}

}  // namespace

void FtrackBatch::Operations::add(Operation operation, Value wire, Value answer) {
    body.PushBack(wire, body.GetAllocator());
    pretend.PushBack(answer, pretend.GetAllocator());
    list.push_back(std::move(operation));
}

bool FtrackBatch::Operations::writes() const noexcept {
    return std::any_of(list.begin(), list.end(), [](const Operation& operation) {
        return operation.action != Action::query && operation.action != Action::information;
    });
}

std::string FtrackBatch::Operations::what() const {
    return list.size() > 1 ? first + " and " + std::to_string(list.size() - 1) + " more" : first;
}

FtrackBatch::FtrackBatch() : operations_(std::make_unique<Operations>()) {}
FtrackBatch::FtrackBatch(FtrackBatch&&) noexcept = default;
FtrackBatch& FtrackBatch::operator=(FtrackBatch&&) noexcept = default;
FtrackBatch::~FtrackBatch() = default;

std::size_t FtrackBatch::size() const noexcept {
    return operations_->list.size();
}

void FtrackBatch::query(std::string_view expression) {
    auto& operations = *operations_;
    auto& allocator = operations.body.GetAllocator();
    Value wire(rapidjson::kObjectType);
    wire.AddMember("action", "query", allocator);
    wire.AddMember("expression", json::copy(expression, allocator), allocator);
    if (operations.list.empty()) {
        operations.first = "query '" + std::string(expression.substr(0, 160)) + (expression.size() > 160 ? "…'" : "'");
    }
    auto& pretend = operations.pretend.GetAllocator();
    operations.add({Operations::Action::query, {}, {}}, std::move(wire),
                   answer("query", Value(rapidjson::kArrayType), pretend));
}

std::string FtrackBatch::create(std::string_view entity_type, const Value& attributes) {
    check_type(entity_type);
    check_attributes(entity_type, attributes);
    auto& operations = *operations_;
    auto& allocator = operations.body.GetAllocator();
    // The value of a custom attribute has no id: it is known by its configuration and its entity.
    const bool pair = entity_type.ends_with("CustomAttributeValue");
    std::string id(member_text(attributes, "id"));
    if (!pair && id.empty()) id = ftrack::new_id();
    std::vector<std::string> key{id};
    if (pair) {
        key = {std::string(member_text(attributes, "configuration_id")),
               std::string(member_text(attributes, "entity_id"))};
        if (key[0].empty() || key[1].empty())
            throw ValidationError("a " + std::string(entity_type) + " needs configuration_id and entity_id");
    }
    Value data = entity_data(entity_type, attributes, allocator);
    if (!pair && !data.HasMember("id")) data.AddMember("id", json::copy(id, allocator), allocator);
    if (operations.list.empty()) operations.first = "create " + std::string(entity_type) + " " + joined(key);
    Value wire = operation("create", entity_type, key, allocator);
    auto& pretend = operations.pretend.GetAllocator();
    Value copy(data, pretend);
    wire.AddMember("entity_data", data, allocator);
    operations.add({Operations::Action::create, std::string(entity_type), pair ? "" : id}, std::move(wire),
                   answer("create", std::move(copy), pretend));
    return id;
}

void FtrackBatch::update(std::string_view entity_type, std::span<const std::string> key, const Value& attributes) {
    check_type(entity_type);
    check_attributes(entity_type, attributes);
    auto& operations = *operations_;
    auto& allocator = operations.body.GetAllocator();
    if (operations.list.empty()) operations.first = "update " + std::string(entity_type) + " " + joined(key);
    Value wire = operation("update", entity_type, key, allocator);
    Value data = entity_data(entity_type, attributes, allocator);
    auto& pretend = operations.pretend.GetAllocator();
    Value copy(data, pretend);
    if (key.size() == 1 && !copy.HasMember("id")) copy.AddMember("id", json::copy(key[0], pretend), pretend);
    wire.AddMember("entity_data", data, allocator);
    operations.add({Operations::Action::update, std::string(entity_type), {}}, std::move(wire),
                   answer("update", std::move(copy), pretend));
}

void FtrackBatch::update(std::string_view entity_type, const std::string& id, const Value& attributes) {
    update(entity_type, std::span(&id, 1), attributes);
}

void FtrackBatch::remove(std::string_view entity_type, std::span<const std::string> key) {
    check_type(entity_type);
    auto& operations = *operations_;
    if (operations.list.empty()) operations.first = "delete " + std::string(entity_type) + " " + joined(key);
    operations.add({Operations::Action::remove, std::string(entity_type), {}},
                   operation("delete", entity_type, key, operations.body.GetAllocator()),
                   answer("delete", Value(true), operations.pretend.GetAllocator()));
}

void FtrackBatch::remove(std::string_view entity_type, const std::string& id) {
    remove(entity_type, std::span(&id, 1));
}

}  // namespace foley::site
