// Settings: task_templates' settings as its parts want them. The README explains each.
#pragma once

#include "fields/subject.hpp"
#include "task_templates/rule.hpp"

#include <foley/registrar.hpp>

#include <string>
#include <vector>

namespace task_templates {

struct Settings {
    std::vector<Rule> rules;  // in the order of the configuration
    std::string site;
    fields::Projects projects;
    foley::Duration hold{};
    foley::Duration settle{};
};

// The declarations, made while the plugin registers.
class SettingHandles {
public:
    explicit SettingHandles(foley::Registrar& registrar);

    // From the plugin's start on. Throws std::invalid_argument with all that the daemon could not check.
    Settings read() const;

private:
    foley::Setting<foley::SettingMap> rules_;
    foley::Setting<std::string> site_;
    foley::Setting<std::vector<std::string>> projects_, exclude_projects_;
    foley::Setting<foley::Duration> hold_, settle_;
};

}  // namespace task_templates
