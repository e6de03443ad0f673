// The changes of a Writer and the events that they cause.
#include "tests/sites/shotgrid/writer.hpp"

#include <algorithm>

namespace foley::sim::shotgrid {

namespace {

Links missing_in(const Value& all, const Value& there) {
    Links out;
    const auto* links = std::get_if<Links>(&all);
    const auto* held = std::get_if<Links>(&there);
    if (links == nullptr) return out;
    for (const auto& link : *links) {
        if (held == nullptr || std::find(held->begin(), held->end(), link) == held->end()) out.push_back(link);
    }
    return out;
}

// "2026-03-31T16:00:09Z" as `meta` writes it: "2026-03-31 16:00:09 UTC".
std::string meta_time(std::string text) {
    if (text.size() == 20) text.replace(10, 1, " ").replace(19, 1, " UTC");
    return text;
}

std::string name_and_id(const Link& link) {
    return R"("entity_type":)" + json::quote(link.type) + R"(,"entity_id":)" + std::to_string(link.id);
}

}  // namespace

std::string Writer::meta_links(const Links& links) const {
    std::string out;
    for (const auto& link : links)
        out += (out.empty() ? "" : ",") + (R"({"id":)" + std::to_string(link.id)) + R"(,"name":)" +
               json::quote(site_.store.display_name(link)) + R"(,"type":)" + json::quote(link.type) +
               R"(,"valid":"valid"})";
    return "[" + out + "]";
}

std::string Writer::meta_value(const Value& value, const Field& field) const {
    if (const auto* link = std::get_if<Link>(&value)) {
        const auto list = meta_links({*link});
        return list.substr(1, list.size() - 2);
    }
    if (const auto* text = std::get_if<std::string>(&value); text != nullptr && field.type == DataType::date_time)
        return json::quote(meta_time(*text));
    return site_.store.json_of(value, field.type);
}

std::string Writer::change_meta(const Link& about, const Field& field, const Value& before, const Value& after,
                                const std::string& more) const {
    std::string out = R"({"type":"attribute_change","attribute_name":)" + json::quote(field.name) + "," +
                      name_and_id(about) + R"(,"field_data_type":)" + json::quote(name_of(field.type));
    if (field.type == DataType::multi_entity) {
        out += R"(,"added":)" + meta_links(missing_in(after, before)) + R"(,"removed":)" +
               meta_links(missing_in(before, after));
    } else {
        out += R"(,"old_value":)" + meta_value(before, field) + R"(,"new_value":)" + meta_value(after, field);
    }
    return out + more + "}";
}

void Writer::announce(const Target& target, std::string_view action, std::string_view attribute,
                      const std::string& meta) {
    if (!target.type.logged) return;
    const auto* script = actor_.user.type == "ApiUser" ? site_.store.find(actor_.user) : nullptr;
    if (script != nullptr && site_.store.at("ApiUser", *script, "generate_event_log_entries") == Value(false)) return;
    const auto& type = site_.store.schema().get("EventLogEntry", "create");
    Row row;
    row.values.resize(type.fields.size());
    const auto set = [&](std::string_view field, Value value) { row.slot(*type.find(field)) = std::move(value); };
    set("event_type", "Shotgun_" + target.type.name + "_" + std::string(action));
    if (!attribute.empty()) set("attribute_name", std::string(attribute));
    auto text = meta;
    if (actor_.script) text.insert(text.size() - 1, R"(,"sudo_actual_user":)" + site_.store.link_json(*actor_.script));
    set("meta", Raw{std::move(text)});
    set("entity", target.link);
    set("user", actor_.user);
    set("project", site_.store.at(target.type.name, target.row, "project"));
    if (!actor_.session_uuid.empty()) set("session_uuid", actor_.session_uuid);
    set("created_at", site_.now_text());
    set("description", site_.store.display_name(actor_.user) + ": " + std::string(action) + " of " + target.type.name +
                           " " + site_.store.display_name(target.link));
    events_.push_back(std::move(row));
}

void Writer::change(const Target& target, std::size_t index, const Value& value, bool in_create) {
    const auto& field = target.type.fields[index];
    const Value before = target.row.at(index);
    if (before == value) return;
    target.row.slot(index) = value;
    announce(target, "Change", field.name,
             change_meta(target.link, field, before, value, in_create ? R"(,"in_create":true)" : ""));
    if (!field.back_reference.empty()) change_back_reference(target.link, field, before, value);
}

// The linked entities' own lists follow. Their events describe the entity whose link was changed.
void Writer::change_back_reference(const Link& owner, const Field& field, const Value& before, const Value& after) {
    const auto original = site_.log.last_id() + static_cast<std::int64_t>(events_.size()) + (creating_ ? 1 : 0);
    for (const auto* side : {&before, &after}) {
        const auto* link = std::get_if<Link>(side);
        auto* row = link == nullptr ? nullptr : site_.store.find(*link);
        const auto* type = link == nullptr ? nullptr : site_.store.schema().find(link->type);
        const auto index = type == nullptr ? std::nullopt : type->find(field.back_reference);
        if (row == nullptr || !index) continue;
        touch(*link);
        const bool added = side == &after;
        auto* list = std::get_if<Links>(&row->slot(*index));
        if (list == nullptr) list = &row->slot(*index).emplace<Links>();
        std::erase(*list, owner);
        if (added) list->push_back(owner);
        const Links one{owner};
        const auto meta = R"({"type":"attribute_change","attribute_name":)" + json::quote(field.back_reference) + "," +
                          name_and_id(owner) + R"(,"field_data_type":"entity","actual_attribute_changed":)" +
                          json::quote(owner.type + "." + field.name) + R"(,"original_event_log_entry_id":)" +
                          std::to_string(original) + R"(,"added":)" + meta_links(added ? one : Links{}) +
                          R"(,"removed":)" + meta_links(added ? Links{} : one) + "}";
        announce({*type, *row, *link}, "Change", field.back_reference, meta);
    }
}

void Writer::retire(const Target& target, bool on) {
    touch(target.link);
    const auto date = meta_time(site_.now_text());
    const Field field{"retirement_date", DataType::text};
    const Value none;
    announce(target, "Change", field.name,
             change_meta(target.link, field, on ? none : Value(date), on ? Value(date) : none, ""));
    const auto id = std::to_string(target.link.id);
    const auto common = R"("class_name":)" + json::quote(target.type.name) + R"(,"display_name":)" +
                        json::quote(site_.store.display_name(target.link)) + "," + name_and_id(target.link) +
                        R"(,"id":)" + id;
    announce(target, on ? "Retirement" : "Revival", {},
             on ? R"({"type":"entity_retirement",)" + common + R"(,"retirement_date":)" + json::quote(date) + "}"
                : R"({"type":"entity_revival",)" + common + "}");
    target.row.retired = on;
}

}  // namespace foley::sim::shotgrid
