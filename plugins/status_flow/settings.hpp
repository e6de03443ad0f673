// Settings: status_flow's settings as its parts want them. The README explains each.
#pragma once

#include "fields/subject.hpp"
#include "status_flow/rule.hpp"

#include <foley/registrar.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace status_flow {

struct Settings {
    std::vector<Rule> rules;  // in the order of the configuration
    std::string site;
    fields::Projects projects;
    std::size_t writes_per_minute = 0;
    foley::Duration hold{};
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
    foley::Setting<std::int64_t> writes_per_minute_;
    foley::Setting<foley::Duration> hold_;
};

}  // namespace status_flow
