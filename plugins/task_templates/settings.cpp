#include "task_templates/settings.hpp"

#include <stdexcept>

namespace task_templates {

using namespace std::chrono_literals;

SettingHandles::SettingHandles(foley::Registrar& registrar)
    : rules_(registrar.required<foley::SettingMap>("rules", "The rules, each under a name of its own.")),
      site_(registrar.setting("site", "", "The name of the ShotGrid site; not needed when there is only one.")),
      projects_(registrar.setting("projects", std::vector<std::string>{}, "Only these projects, by name or id.")),
      exclude_projects_(
          registrar.setting("exclude_projects", std::vector<std::string>{}, "Never these projects, by name or id.")),
      hold_(
          registrar.setting("hold", 30s, "How long to wait before trying again while the site is away.").range(1s, 1h)),
      settle_(registrar
                  .setting("settle", 30s,
                           "How long something that was sent and not answered may take to appear on the site.")
                  .range(0s, 1h)) {}

Settings SettingHandles::read() const {
    Settings settings;
    std::string faults;
    for (const auto& member : rules_.get().json().GetObject()) {
        try {
            settings.rules.push_back(read_rule(std::string(foley::json::text_or_empty(member.name)), member.value));
        } catch (const std::invalid_argument& error) {
            if (!faults.empty()) faults += ' ';
            faults += error.what();
        }
    }
    if (settings.rules.empty() && faults.empty()) faults = "rules: there is none.";
    if (!faults.empty()) throw std::invalid_argument(faults);
    settings.site = site_.get();
    settings.projects = {projects_.get(), exclude_projects_.get()};
    settings.hold = hold_.get();
    settings.settle = settle_.get();
    return settings;
}

}  // namespace task_templates
