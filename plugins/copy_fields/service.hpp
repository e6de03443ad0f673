// Service: what copy_fields does with an event.
//
// Owner: the plugin. Thread: the callbacks'.
#pragma once

#include "copy_fields/breaker.hpp"
#include "copy_fields/settings.hpp"

#include <foley/plugin.hpp>
#include <foley/site/shotgrid_connections.hpp>

#include <map>
#include <string>

namespace copy_fields {

class Service {
public:
    explicit Service(SettingHandles handles);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    foley::Outcome start(foley::Context& context);
    foley::Outcome on_event(const foley::Event& event, foley::Context& context);

private:
    struct Work;  // one event
    void check_schema(foley::site::Shotgrid& shotgrid, std::string& faults);
    bool apply(const Rule& rule, Work& work);
    bool apply_to(const Rule& rule, const foley::json::Value& entity, Work& work);
    bool apply_total(const Rule& rule, Work& work);
    bool write(const Rule& rule, const foley::site::shotgrid::Link& target, const foley::json::Value& present,
               const std::string& wanted, Work& work);

    SettingHandles handles_;
    Settings settings_;
    std::map<std::string, std::string> data_types_;  // of `to`, by the name of the rule
    Breaker breaker_;
    foley::site::ShotgridConnections connections_;
};

}  // namespace copy_fields
