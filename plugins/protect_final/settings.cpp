#include "protect_final/settings.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace protect_final {

using namespace std::chrono_literals;

SettingHandles::SettingHandles(foley::Registrar& registrar)
    : rules_(registrar.required<foley::SettingMap>("rules", "The rules, each under a name of its own.")),
      map_(registrar.optional<foley::SettingMap>(
          "map", "How paths of other computers begin, and what that is here: \"P:/show\": /mnt/show.")),
      roots_(registrar.required<std::vector<std::string>>("roots", "The folders beneath which files may be changed.")),
      projects_(registrar.setting("projects", std::vector<std::string>{}, "Only these projects, by name or id.")),
      exclude_projects_(
          registrar.setting("exclude_projects", std::vector<std::string>{}, "Never these projects, by name or id.")),
      mounted_(registrar.setting("mounted", false, "A root counts only when something is mounted there.")),
      site_(registrar.setting("site", "", "The name of the ShotGrid site; not needed when there is only one.")),
      hold_(registrar.setting("hold", 30s, "How long to wait before trying again while the site or the share is away.")
                .range(1s, 1h)) {}

Settings SettingHandles::read() const {
    Settings settings;
    std::string faults;
    const auto fault = [&](const std::string& sentence) { faults += (faults.empty() ? "" : " ") + sentence; };
    for (const auto& member : rules_.get().json().GetObject()) {
        try {
            settings.rules.push_back(read_rule(std::string(foley::json::text_or_empty(member.name)), member.value));
        } catch (const std::invalid_argument& error) {
            fault(error.what());
        }
    }
    if (settings.rules.empty() && faults.empty()) fault("rules: there is none.");
    for (const auto& root : roots_.get()) {
        std::filesystem::path path(root);
        if (!path.is_absolute() || path.lexically_normal() == "/")
            fault(fmt::format("roots: \"{}\" must be the whole path of a folder, and not of the whole system.", root));
        settings.roots.push_back(path.lexically_normal());
    }
    if (settings.roots.empty()) fault("roots: name at least one folder.");
    for (const auto& member : map_.get().json().GetObject()) {
        const auto from = foley::json::text_or_empty(member.name);
        const auto here = foley::json::text_or_empty(member.value);
        if (from.empty() || !here.starts_with('/'))
            fault(fmt::format("map: \"{}\" must lead to the whole path of a folder here.", from));
        settings.map.emplace(from, here);
    }
    if (!faults.empty()) throw std::invalid_argument(faults);
    settings.mounted = mounted_.get();
    settings.site = site_.get();
    settings.projects = {projects_.get(), exclude_projects_.get()};
    settings.hold = hold_.get();
    return settings;
}

}  // namespace protect_final
