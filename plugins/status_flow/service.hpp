// Service: status_flow at work: what an event's rules set, and what becomes of the event.
//
// Owner: the registration in status_flow.cpp. Thread: the callbacks'. What goes wrong becomes an outcome here: a site
// that is away is a hold, what the site refuses is failed, and the callback's policy tries that again.
#pragma once

#include "status_flow/settings.hpp"
#include "status_flow/targets.hpp"
#include "status_flow/write_limit.hpp"

#include <foley/plugin.hpp>
#include <foley/site/shotgrid_connections.hpp>

#include <optional>
#include <string>
#include <vector>

namespace status_flow {

class Service {
public:
    explicit Service(SettingHandles handles) : handles_(std::move(handles)) {}

    foley::Outcome start(foley::Context& context);
    foley::Outcome on_event(const foley::Event& event, foley::Context& context);

private:
    struct Call;  // what is of one event only

    std::vector<const Rule*> rules_for(const foley::Event& event, const fields::Subject& subject) const;
    // What the rule came to, for people; call.wrote becomes true when it set something.
    std::string apply(const Rule& rule, Call& call);
    void write(const Rule& rule, const std::string& value, const std::vector<foley::json::Document>& targets,
               Call& call);

    SettingHandles handles_;
    Settings settings_;
    std::optional<WriteLimit> limit_;
    foley::site::ShotgridConnections connections_;
};

}  // namespace status_flow
