// Site: the simulated ShotGrid server without its sockets: entities, event log, accounts, clock.
//
// Thread: the simulation's. Throws: Fault.
#pragma once

#include "tests/sites/shotgrid/event_log.hpp"
#include "tests/sites/shotgrid/store.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace foley::sim::shotgrid {

// The site's clock: real time, or a moment that only moves when told; both can be off.
class SiteClock {
public:
    Time now() const;
    // What the header Date says: date_offset more.
    std::chrono::sys_seconds date() const { return std::chrono::floor<std::chrono::seconds>(now() + date_offset); }
    void advance(std::chrono::milliseconds time) { offset += time; }
    void freeze(bool on);

    std::chrono::milliseconds offset{0};
    std::chrono::milliseconds date_offset{0};

private:
    std::optional<Time> frozen_;
};

// Who makes a change.
struct Actor {
    Link user;
    std::optional<Link> script;  // that acts in the name of the user
    std::string session_uuid;    // empty: none
};

class Site {
public:
    Site() : log(store) {}
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    Store store;
    EventLog log;
    SiteClock clock;

    std::map<std::string, std::string, std::less<>> scripts;   // name to key
    std::map<std::string, std::string, std::less<>> people;    // login to password
    std::map<std::string, std::string, std::less<>> sessions;  // token to login
    bool refuse_scripts = false;                               // as if every key had been changed
    std::array<unsigned, 4> version{8, 72, 0, 1234};
    std::size_t page_limit = 500;

    // An ApiUser and its key.
    Link add_script(const std::string& name, const std::string& key);
    Link add_person(const std::string& name, const std::string& login, const std::string& password);

    // Looks at the credentials of a call. Throws Fault 102.
    Actor authenticate(const json::Value& credentials) const;
    // The person with that login. Throws Fault 102.
    Link person(std::string_view login) const;

    // An entry from {"event_type", "meta", "entity", …}, whatever is there; created now, if it does not say when.
    Row event_row(const json::Value& event) const;

    std::string now_text() const;
};

}  // namespace foley::sim::shotgrid
