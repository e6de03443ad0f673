// Service: protect_final at work: which events matter, and what becomes of each.
//
// What it has made read-only stands in the plugin's store, since a path may have changed by the time that it is to be
// writeable again.
//
// Owner: the registration in protect_final.cpp. Thread: the callbacks'. What goes wrong becomes an outcome here:
//   the site or the share is away                      hold
//   the files are not there yet                        retry, with backoff
//   a path that is never touched, a change refused     failed: the callback's policy tries again, then a dead letter
#pragma once

#include "protect_final/settings.hpp"
#include "protect_final/tree.hpp"

#include <foley/plugin.hpp>
#include <foley/site/shotgrid_connections.hpp>

#include <string>
#include <vector>

namespace protect_final {

class Service {
public:
    explicit Service(SettingHandles handles) : handles_(std::move(handles)) {}

    foley::Outcome start(foley::Context& context);
    foley::Outcome on_event(const foley::Event& event, foley::Context& context);

private:
    struct Call;  // what is of one event only

    std::vector<std::string> faults(foley::site::Shotgrid& shotgrid) const;
    foley::Outcome apply(const Rule& rule, Call& call) const;
    foley::Outcome protect(const Rule& rule, const std::string& status, const foley::json::Value& entity,
                           Call& call) const;
    foley::Outcome release(const Rule& rule, const std::string& status, Call& call) const;

    SettingHandles handles_;
    Settings settings_;
    foley::site::ShotgridConnections connections_;
};

}  // namespace protect_final
