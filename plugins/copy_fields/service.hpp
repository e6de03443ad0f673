// Service: what copy_fields does with an event.
//
// Owner: the plugin. Thread: the callbacks'.
#pragma once

#include "copy_fields/breaker.hpp"
#include "copy_fields/settings.hpp"

#include <foley/plugin.hpp>
#include <foley/site/shotgrid_connections.hpp>

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
    void check_schema(foley::site::Shotgrid& shotgrid, std::string& faults);

    SettingHandles handles_;
    Settings settings_;
    Breaker breaker_;
    foley::site::ShotgridConnections connections_;
};

}  // namespace copy_fields
