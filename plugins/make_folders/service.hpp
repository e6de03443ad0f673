// Service: what make_folders does with an event.
//
// Owner: the plugin. Thread: the callbacks'.
#pragma once

#include "fields/subject.hpp"
#include "make_folders/folder_tree.hpp"
#include "make_folders/planner.hpp"
#include "make_folders/settings.hpp"

#include <foley/plugin.hpp>
#include <foley/site/shotgrid_connections.hpp>

#include <optional>

namespace make_folders {

class Service {
public:
    explicit Service(SettingHandles handles) : handles_(std::move(handles)) {}
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    foley::Outcome start(foley::Context& context);
    foley::Outcome on_event(const foley::Event& event, foley::Context& context);

private:
    foley::Outcome handle(const fields::Subject& subject, const foley::Event& event, foley::Context& context);
    foley::Outcome lacks(const fields::Subject& subject, const Plan& plan, foley::Context& context) const;
    foley::Outcome renamed(const fields::Subject& subject, const std::string& before, const Plan& plan,
                           foley::Context& context) const;
    foley::Outcome make(const fields::Subject& subject, const Plan& plan, foley::Context& context) const;

    SettingHandles handles_;
    Settings settings_;
    std::optional<Planner> planner_;
    std::optional<FolderTree> tree_;
    foley::site::ShotgridConnections connections_;
};

}  // namespace make_folders
