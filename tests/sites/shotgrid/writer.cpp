#include "tests/sites/shotgrid/writer.hpp"

#include "tests/sites/shotgrid/fault.hpp"

#include <algorithm>

namespace foley::sim::shotgrid {

namespace {

std::vector<std::string> names_in(const json::Value& list) {
    std::vector<std::string> out;
    if (list.IsArray()) {
        for (const auto& name : list.GetArray())
            out.emplace_back(json::text_or_empty(name));
    }
    return out;
}

// What a multi-entity field holds after an update in a mode other than `set`.
Value merged(const Value& stored, const Value& sent, std::string_view mode) {
    const auto* held = std::get_if<Links>(&stored);
    const auto* links = std::get_if<Links>(&sent);
    if (links == nullptr || (mode != "add" && mode != "remove")) return sent;
    Links out = held == nullptr ? Links{} : *held;
    for (const auto& link : *links) {
        const auto found = std::find(out.begin(), out.end(), link);
        if (mode == "add" && found == out.end()) out.push_back(link);
        if (mode == "remove" && found != out.end()) out.erase(found);
    }
    return out;
}

}  // namespace

Writer::Writer(Site& site, Actor actor) : site_(site), actor_(std::move(actor)) {}

Writer::~Writer() {
    if (committed_) return;
    for (auto at = before_.rbegin(); at != before_.rend(); ++at) {
        auto& rows = site_.store.rows(at->first.type);
        if (at->second) {
            rows[at->first.id] = std::move(*at->second);
        } else {
            rows.erase(at->first.id);
        }
    }
    site_.log.reserve(static_cast<std::int64_t>(events_.size()));
}

std::vector<std::int64_t> Writer::commit() {
    committed_ = true;
    std::vector<std::int64_t> ids;
    ids.reserve(events_.size());
    for (auto& event : events_)
        ids.push_back(site_.log.append(std::move(event), site_.clock.now()));
    return ids;
}

Writer::Target Writer::target(const json::Value& parameters, std::string_view method, bool also_retired) {
    const auto& type = site_.store.schema().get(json::text_or_empty(parameters, "type"), method);
    const auto id = json::integer(json::member(parameters, "id"));
    if (!id) throw Fault(kBadRequest, "API " + std::string(method) + "() invalid/missing integer 'id'.");
    if (!type.logged)
        throw Fault(kCrudFailure, "API " + std::string(method) + "() " + type.name + " is not permitted.");
    const Link link{type.name, *id};
    auto* row = site_.store.find(link);
    if (row == nullptr || (row->retired && !also_retired))
        throw Fault(kCrudFailure, "API " + std::string(method) + "() CRUD ERROR: Entity of type [" + type.name +
                                      "] with id=" + std::to_string(*id) + " does not exist.");
    return {type, *row, link};
}

void Writer::touch(const Link& link) {
    const auto* row = site_.store.find(link);
    before_.emplace_back(link, row == nullptr ? std::nullopt : std::optional<Row>(*row));
}

std::string Writer::create(const json::Value& parameters) {
    const auto& type = site_.store.schema().get(json::text_or_empty(parameters, "type"), "create");
    const auto& fields = json::member(parameters, "fields");
    if (!fields.IsArray()) throw Fault(kBadRequest, "API create() invalid/missing array 'fields'.");
    const auto return_fields = names_in(json::member(parameters, "return_fields"));
    if (!type.logged) {  // an event of the script's own
        json::Document event(rapidjson::kObjectType);
        for (const auto& field : fields.GetArray())
            event.AddMember(json::borrow(json::text_or_empty(field, "field_name")),
                            json::Value(json::member(field, "value"), event.GetAllocator()), event.GetAllocator());
        auto row = site_.event_row(event);
        row.slot(*type.find("user")) = actor_.user;
        const auto id = site_.log.append(row, site_.clock.now());
        row.slot(0) = id;
        return site_.store.entity_json(type, row, return_fields);
    }
    const bool has_project = std::any_of(fields.Begin(), fields.End(), [](const json::Value& field) {
        return json::text_or_empty(field, "field_name") == "project" && !json::member(field, "value").IsNull();
    });
    if (type.needs_project && !has_project)
        throw Fault(kBadRequest, "API create() missing required field 'project' on " + type.name + ".");
    auto& row = site_.store.add(type);
    const Target made{type, row, {type.name, row.id()}};
    before_.emplace_back(made.link, std::nullopt);
    for (const char* stamp : {"created_at", "updated_at"})
        row.slot(*type.find(stamp)) = site_.now_text();
    for (const char* author : {"created_by", "updated_by"})
        row.slot(*type.find(author)) = actor_.user;
    const auto place = events_.size();
    creating_ = true;
    set_fields(made, fields, "create", true, nullptr);
    creating_ = false;
    // `_New` goes before the changes, but wants the name that they give and the project.
    announce(made, "New", {},
             R"({"type":"new_entity","entity_type":)" + json::quote(type.name) + R"(,"entity_id":)" +
                 std::to_string(made.link.id) + "}");
    if (events_.size() > place)  // unless this actor's writes are not logged
        std::rotate(events_.begin() + static_cast<std::ptrdiff_t>(place), events_.end() - 1, events_.end());
    return site_.store.entity_json(type, row, return_fields);
}

std::string Writer::update(const json::Value& parameters) {
    const auto changed = target(parameters, "update", false);
    const auto& fields = json::member(parameters, "fields");
    if (!fields.IsArray()) throw Fault(kBadRequest, "API update() invalid/missing array 'fields'.");
    touch(changed.link);
    std::string answer = R"({"type":)" + json::quote(changed.type.name) + R"(,"id":)" + std::to_string(changed.link.id);
    set_fields(changed, fields, "update", false, &answer);
    changed.row.slot(*changed.type.find("updated_at")) = site_.now_text();
    changed.row.slot(*changed.type.find("updated_by")) = actor_.user;
    return answer + "}";
}

std::string Writer::remove(const json::Value& parameters) {
    const auto gone = target(parameters, "delete", true);
    if (gone.row.retired) return "false";
    retire(gone, true);
    return "true";
}

std::string Writer::revive(const json::Value& parameters) {
    const auto back = target(parameters, "revive", true);
    if (!back.row.retired) return "false";
    retire(back, false);
    return "true";
}

std::string Writer::write(const json::Value& request) {
    const auto type = json::text_or_empty(request, "request_type");
    if (type == "create") return create(request);
    if (type == "update") return update(request);
    if (type == "delete") return remove(request);
    throw Fault(kBadRequest, "API batch() invalid request_type '" + std::string(type) + "'.");
}

std::pair<Writer::Target, std::size_t> Writer::field_of(const Target& target, const std::string& name,
                                                        const std::string& where) {
    const auto path = site_.store.resolve(target.type, name);
    if (!path) throw Fault(kBadRequest, where + " doesn't exist.");
    Link link = target.link;
    for (const auto& hop : path->hops) {
        const auto* next = std::get_if<Link>(&site_.store.find(link)->at(hop.field));
        if (next == nullptr || next->type != hop.type || site_.store.find(*next) == nullptr)
            throw Fault(kCrudFailure, where + " leads to no entity.");
        link = *next;
    }
    if (!path->last().editable) throw Fault(kBadRequest, where + " is read only.");
    return {Target{*path->type, *site_.store.find(link), link}, path->field};
}

void Writer::set_fields(const Target& target, const json::Value& fields, std::string_view method, bool in_create,
                        std::string* answer) {
    for (const auto& sent : fields.GetArray()) {
        const std::string name(json::text_or_empty(sent, "field_name"));
        const auto where = "API " + std::string(method) + "() " + target.type.name + "." + name;
        const auto [owner, index] = field_of(target, name, where);
        const auto& field = owner.type.fields[index];
        const auto value = value_from(json::member(sent, "value"), field, where);
        if (!(owner.link == target.link)) touch(owner.link);
        change(owner, index, merged(owner.row.at(index), value, json::text_or_empty(sent, "multi_entity_update_mode")),
               in_create);
        if (answer != nullptr)
            *answer += "," + json::quote(name) + ":" + site_.store.json_of(owner.row.at(index), field.type);
    }
}

}  // namespace foley::sim::shotgrid
