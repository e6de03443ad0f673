// Service: task_templates at work: what an event has passed on, and what becomes of the event.
//
// Owner: the registration in task_templates.cpp. Thread: the callbacks'. What goes wrong becomes an outcome here: a
// site that is away is a hold, what the site refuses is failed, and the callback's policy tries that again.
#pragma once

#include "rules/doubt.hpp"
#include "task_templates/passing.hpp"
#include "task_templates/settings.hpp"

#include <foley/plugin.hpp>
#include <foley/site/shotgrid_connections.hpp>

#include <optional>
#include <string>

namespace task_templates {

class Service {
public:
    explicit Service(SettingHandles handles) : handles_(std::move(handles)) {}

    foley::Outcome start(foley::Context& context);
    foley::Outcome on_event(const foley::Event& event, foley::Context& context);

private:
    struct Call;  // what is of one event only

    // What the rule came to, for people.
    std::string apply(const Rule& rule, Call& call);
    // What the event is about, or why there is nothing to pass on.
    std::optional<Scope> scope_of(const Rule& rule, Call& call, std::string& why);
    void reset(Call& call);

    SettingHandles handles_;
    Settings settings_;
    std::optional<rules::Doubt> doubt_;
    foley::site::ShotgridConnections connections_;
};

}  // namespace task_templates
