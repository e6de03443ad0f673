#include "notify/people.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace notify {

using foley::site::shotgrid::field;
namespace json = foley::json;

namespace {

struct Ids {
    std::vector<std::int64_t> people, clients, groups;

    void add(const json::Value& value) {
        if (value.IsArray()) {
            for (const auto& each : value.GetArray())
                add(each);
        }
        const auto link = foley::site::shotgrid::link_of(value);
        if (!link) return;
        if (link->type == "HumanUser") add_once(people, link->id);
        if (link->type == "ClientUser") add_once(clients, link->id);
        if (link->type == "Group") add_once(groups, link->id);
    }
    static void add_once(std::vector<std::int64_t>& ids, std::int64_t id) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
};

std::int64_t number_of(const std::string& id) {
    std::int64_t number = 0;
    std::from_chars(id.data(), id.data() + id.size(), number);
    return number;
}

void add_once(std::vector<std::string>& texts, const std::string& text) {
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

}  // namespace

std::vector<std::string> recipients(foley::site::Shotgrid& shotgrid, const Rule& rule, const json::Value& entity,
                                    const foley::Event& event, const foley::Logger& log) {
    Ids ids;
    for (const auto& path : rule.to_fields)
        ids.add(json::member(entity, path.text()));
    if (!ids.groups.empty()) {
        const auto groups = shotgrid.find({.type = "Group", .filter = field("id").in(ids.groups), .fields = {"users"}});
        for (const auto& group : groups.GetArray())
            ids.add(json::member(group, "users"));
    }
    const std::int64_t self = event.user().type == "HumanUser" ? number_of(event.user().id) : 0;
    auto asked = ids.people;
    if (self != 0 && !rule.also_self) Ids::add_once(asked, self);

    std::vector<std::string> addresses = rule.to_addresses;
    const auto take = [&](const json::Value& person) {
        const auto name = json::text_or_empty(person, "name");
        const std::string address(json::text_or_empty(person, "email"));
        if (json::text_or_empty(person, "sg_status_list") == "dis") {
            log.info("{} gets no mail: not active", name);
        } else if (!is_address(address)) {
            log.info("{} gets no mail: {}", name,
                     address.empty() ? "no address on the site" : "what the site has is no address");
        } else {
            add_once(addresses, address);
        }
    };
    std::string own_address;
    if (!asked.empty()) {
        const auto people = shotgrid.find(
            {.type = "HumanUser", .filter = field("id").in(asked), .fields = {"name", "email", "sg_status_list"}});
        for (const auto& person : people.GetArray()) {
            if (self != 0 && !rule.also_self && json::integer(json::member(person, "id")) == self) {
                own_address = json::text_or_empty(person, "email");
            } else {
                take(person);
            }
        }
    }
    if (!ids.clients.empty()) {
        const auto clients =
            shotgrid.find({.type = "ClientUser", .filter = field("id").in(ids.clients), .fields = {"name", "email"}});
        std::for_each(clients.Begin(), clients.End(), take);
    }
    if (!own_address.empty() && std::erase(addresses, own_address) > 0)
        log.debug("{} gets no mail of what they did themselves", event.user().name);
    return addresses;
}

}  // namespace notify
