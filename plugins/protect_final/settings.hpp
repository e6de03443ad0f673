// Settings: protect_final's settings as its parts want them. The README explains each.
#pragma once

#include "fields/subject.hpp"
#include "protect_final/location.hpp"
#include "protect_final/rule.hpp"

#include <foley/registrar.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace protect_final {

struct Settings {
    std::vector<Rule> rules;
    std::vector<std::filesystem::path> roots;
    PathMap map;
    bool mounted = false;
    std::string site;
    fields::Projects projects;
    foley::Duration hold{};
};

// The declarations, made while the plugin registers.
class SettingHandles {
public:
    explicit SettingHandles(foley::Registrar& registrar);

    // From the plugin's start on. Throws std::invalid_argument with all that the daemon could not check.
    Settings read() const;

private:
    foley::Setting<foley::SettingMap> rules_, map_;
    foley::Setting<std::vector<std::string>> roots_, projects_, exclude_projects_;
    foley::Setting<bool> mounted_;
    foley::Setting<std::string> site_;
    foley::Setting<foley::Duration> hold_;
};

}  // namespace protect_final
