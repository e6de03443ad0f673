#include "tests/sites/shotgrid/store.hpp"

#include <algorithm>

namespace foley::sim::shotgrid {

namespace {

const Value kNull;
const Rows kNoRows;

}  // namespace

const Value& Row::at(std::size_t field) const noexcept {
    return field < values.size() ? values[field] : kNull;
}

Value& Row::slot(std::size_t field) {
    if (field >= values.size()) values.resize(field + 1);
    return values[field];
}

const Rows& Store::rows(std::string_view type) const {
    const auto found = tables_.find(type);
    return found == tables_.end() ? kNoRows : found->second;
}

Rows& Store::rows(std::string_view type) {
    const auto found = tables_.find(type);
    return found == tables_.end() ? tables_[std::string(type)] : found->second;
}

const Row* Store::find(const Link& link) const {
    const auto& all = rows(link.type);
    const auto found = all.find(link.id);
    return found == all.end() ? nullptr : &found->second;
}

Row* Store::find(const Link& link) {
    auto& all = rows(link.type);
    const auto found = all.find(link.id);
    return found == all.end() ? nullptr : &found->second;
}

Row& Store::add(const Type& type, std::int64_t id) {
    auto& all = rows(type.name);
    if (id == 0) id = all.empty() ? 1 : all.rbegin()->first + 1;
    auto& row = all[id];
    row.values.resize(type.fields.size());
    row.values[0] = id;
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
        if (type.fields[i].type == DataType::multi_entity) row.values[i] = Links{};
        if (type.fields[i].type == DataType::checkbox) row.values[i] = false;
    }
    return row;
}

std::optional<Path> Store::resolve(const Type& type, std::string_view path) const {
    Path out;
    out.type = &type;
    for (;;) {
        const auto dot = path.find('.');
        const auto field = out.type->find(path.substr(0, dot));
        if (!field) return std::nullopt;
        if (dot == std::string_view::npos) {
            out.field = *field;
            return out;
        }
        path.remove_prefix(dot + 1);
        const auto second = path.find('.');
        if (second == std::string_view::npos) return std::nullopt;
        const auto* next = schema_.find(path.substr(0, second));
        const auto link_type = out.type->fields[*field].type;
        if (next == nullptr || link_type != DataType::entity) return std::nullopt;
        out.hops.push_back({*field, next->name});
        out.type = next;
        path.remove_prefix(second + 1);
    }
}

const Value& Store::at(const Row& row, const Path& path) const {
    const Row* here = &row;
    for (const auto& hop : path.hops) {
        const auto* link = std::get_if<Link>(&here->at(hop.field));
        if (link == nullptr || link->type != hop.type) return kNull;
        here = find(*link);
        if (here == nullptr || here->retired) return kNull;
    }
    return here->at(path.field);
}

const Value& Store::at(std::string_view type, const Row& row, std::string_view field) const {
    const auto* known = schema_.find(type);
    const auto index = known == nullptr ? std::nullopt : known->find(field);
    return index ? row.at(*index) : kNull;
}

std::string Store::display_name(const Link& link) const {
    const auto* row = find(link);
    const auto* type = schema_.find(link.type);
    if (row == nullptr || type == nullptr) return {};
    const auto* text = std::get_if<std::string>(&at(link.type, *row, type->display));
    return text == nullptr ? std::string() : *text;
}

bool Store::is_visible(const Link& link) const {
    const auto* row = find(link);
    return row == nullptr || !row->retired;
}

std::string Store::link_json(const Link& link) const {
    auto out = R"({"type":)" + json::quote(link.type) + R"(,"id":)" + std::to_string(link.id);
    if (find(link) != nullptr) out += R"(,"name":)" + json::quote(display_name(link));
    return out + "}";
}

std::string Store::json_of(const Value& value, DataType type) const {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* number = std::get_if<double>(&value)) return json::stringify(json::Value(*number));
    if (const auto* text = std::get_if<std::string>(&value)) return json::quote(*text);
    if (const auto* link = std::get_if<Link>(&value)) return is_visible(*link) ? link_json(*link) : "null";
    if (const auto* raw = std::get_if<Raw>(&value)) return raw->json;
    if (const auto* links = std::get_if<Links>(&value)) {
        std::string out;
        for (const auto& link : *links) {
            if (is_visible(link)) out += (out.empty() ? "" : ",") + link_json(link);
        }
        return "[" + out + "]";
    }
    return type == DataType::multi_entity ? "[]" : "null";
}

std::string Store::entity_json(const Type& type, const Row& row, const std::vector<std::string>& fields) const {
    std::string out = R"({"type":)" + json::quote(type.name) + R"(,"id":)" + std::to_string(row.id());
    for (const auto& name : fields) {
        if (name == "id" || name == "type") continue;
        const auto path = resolve(type, name);
        if (path) out += "," + json::quote(name) + ":" + json_of(at(row, *path), path->last().type);
    }
    return out + "}";
}

}  // namespace foley::sim::shotgrid
