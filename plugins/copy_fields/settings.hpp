// Settings: copy_fields' settings as its parts want them. The README explains each.
#pragma once

#include "copy_fields/rule.hpp"
#include "fields/subject.hpp"

#include <foley/registrar.hpp>

#include <string>
#include <vector>

namespace copy_fields {

struct Settings {
    std::vector<Rule> rules;  // as configured
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
    foley::Setting<foley::SettingMap> rules_, tables_;
    foley::Setting<std::vector<std::string>> projects_, exclude_projects_;
    foley::Setting<foley::Duration> hold_;
};

}  // namespace copy_fields
