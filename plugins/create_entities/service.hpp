// Service: create_entities at work: what an event's rules create, and what becomes of the event.
//
// Owner: the registration in create_entities.cpp. Thread: the callbacks'. What goes wrong becomes an outcome here: a
// site that is away is a hold, what the site refuses is failed, and the callback's policy tries that again.
#pragma once

#include "create_entities/existing.hpp"
#include "create_entities/settings.hpp"
#include "rules/doubt.hpp"
#include "rules/memory.hpp"

#include <foley/plugin.hpp>
#include <foley/site/shotgrid_connections.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace create_entities {

class Service {
public:
    explicit Service(SettingHandles handles) : handles_(std::move(handles)) {}

    foley::Outcome start(foley::Context& context);
    foley::Outcome on_event(const foley::Event& event, foley::Context& context);
    // Forgets a slice of the events that are long past.
    foley::Outcome forget(foley::Context& context);

private:
    struct Call;  // what is of one event only

    std::vector<const Rule*> rules_for(const foley::Event& event, const fields::Subject& subject) const;
    // What the rule came to, for people.
    std::string apply(const Rule& rule, Call& call);
    // Returns the id of the new one.
    std::int64_t create(const Rule& rule, const std::vector<Filled>& set, const Source& source, Call& call);

    SettingHandles handles_;
    Settings settings_;
    std::optional<rules::Doubt> doubt_;
    rules::Memory created_{"created/"};  // source, event and rule
    foley::site::ShotgridConnections connections_;
};

}  // namespace create_entities
