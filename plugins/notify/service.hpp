// Service: what notify does with an event.
//
// Owner: the plugin. Thread: the callbacks'.
#pragma once

#include "notify/hook.hpp"
#include "notify/settings.hpp"
#include "rules/memory.hpp"

#include <foley/plugin.hpp>
#include <foley/site/shotgrid_connections.hpp>

#include <memory>
#include <string>

namespace notify {

class Service {
public:
    explicit Service(SettingHandles handles) : handles_(std::move(handles)) {}
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    foley::Outcome start(foley::Context& context);
    foley::Outcome on_event(const foley::Event& event, foley::Context& context);
    foley::Outcome forget(foley::Context& context);

private:
    struct Told;  // what a text can name
    // True when the rule had something to tell.
    bool apply(const std::string& name, const Rule& rule, const fields::Subject& subject, const foley::Event& event,
               foley::Context& context);
    void mail(const std::string& delivery, const Rule& rule, const Told& told, foley::Context& context,
              foley::site::Shotgrid& shotgrid);
    void post(const std::string& delivery, const Rule& rule, const Told& told, foley::Context& context);

    SettingHandles handles_;
    Settings settings_;
    std::unique_ptr<Hook> hook_;
    rules::Memory sent_{"sent/"};  // event, rule and way
    foley::site::ShotgridConnections connections_;
};

}  // namespace notify
