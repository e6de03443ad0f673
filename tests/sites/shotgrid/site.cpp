#include "tests/sites/shotgrid/site.hpp"

#include "tests/sites/shotgrid/fault.hpp"

#include <foley/site/shotgrid_value.hpp>

namespace foley::sim::shotgrid {

Time SiteClock::now() const {
    const auto base =
        frozen_ ? *frozen_ : std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return base + offset;
}

void SiteClock::freeze(bool on) {
    if (on) {
        frozen_ = now();
        offset = {};
    } else {
        frozen_.reset();
    }
}

Link Site::add_script(const std::string& name, const std::string& key) {
    const auto& type = store.schema().get("ApiUser", "create");
    auto& row = store.add(type);
    row.slot(*type.find("firstname")) = name;
    row.slot(*type.find("generate_event_log_entries")) = true;
    scripts[name] = key;
    return {"ApiUser", row.id()};
}

Link Site::add_person(const std::string& name, const std::string& login, const std::string& password) {
    const auto& type = store.schema().get("HumanUser", "create");
    auto& row = store.add(type);
    row.slot(*type.find("name")) = name;
    row.slot(*type.find("login")) = login;
    row.slot(*type.find("email")) = login + "@example.com";
    row.slot(*type.find("sg_status_list")) = std::string("act");
    people[login] = password;
    return {"HumanUser", row.id()};
}

Link Site::person(std::string_view login) const {
    for (const auto& [id, row] : store.rows("HumanUser")) {
        if (store.at("HumanUser", row, "login") == Value(std::string(login))) return {"HumanUser", id};
    }
    throw Fault(kNotAuthenticated, "User '" + std::string(login) + "' is not active or does not exist");
}

Actor Site::authenticate(const json::Value& credentials) const {
    const auto text = [&credentials](const char* name) { return std::string(json::text_or_empty(credentials, name)); };
    Actor out;
    out.session_uuid = text("session_uuid");
    if (const auto login = text("user_login"); !login.empty()) {
        const auto found = people.find(login);
        if (found == people.end() || found->second != text("user_password"))
            throw Fault(kNotAuthenticated, "Can't authenticate user '" + login + "'");
        out.user = person(login);
    } else if (const auto token = text("session_token"); !token.empty()) {
        const auto found = sessions.find(token);
        if (found == sessions.end()) throw Fault(kNotAuthenticated, "Can't authenticate session token");
        out.user = person(found->second);
    } else {
        const auto name = text("script_name");
        const auto found = scripts.find(name);
        if (refuse_scripts || found == scripts.end() || found->second != text("script_key"))
            throw Fault(kNotAuthenticated, "Can't authenticate script '" + name + "'");
        for (const auto& [id, row] : store.rows("ApiUser")) {
            if (store.at("ApiUser", row, "firstname") == Value(name)) out.user = {"ApiUser", id};
        }
    }
    if (const auto login = text("sudo_as_login"); !login.empty()) {
        out.script = out.user;
        out.user = person(login);
    }
    return out;
}

std::string Site::now_text() const {
    const auto quoted = site::shotgrid::Value(clock.now()).json();
    return quoted.substr(1, quoted.size() - 2);
}

Row Site::event_row(const json::Value& event) const {
    const auto& type = store.schema().get("EventLogEntry", "create");
    Row out;
    out.values.resize(type.fields.size());
    for (std::size_t i = 1; i < type.fields.size(); ++i) {
        const auto& sent = json::member(event, type.fields[i].name);
        if (!sent.IsNull()) out.values[i] = value_from(sent, type.fields[i], "EventLogEntry." + type.fields[i].name);
    }
    auto& created = out.slot(*type.find("created_at"));
    if (is_null(created)) created = now_text();
    return out;
}

}  // namespace foley::sim::shotgrid
