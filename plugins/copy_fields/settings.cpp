#include "copy_fields/settings.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace copy_fields {

using namespace std::chrono_literals;
namespace json = foley::json;

SettingHandles::SettingHandles(foley::Registrar& registrar)
    : rules_(registrar.required<foley::SettingMap>(
          "rules",
          "Name to rule: on, to, one of from, value, stamp, calculate, find, sum, min, max, average and count; when, "
          "changed, only_empty.")),
      tables_(registrar.optional<foley::SettingMap>(
          "tables", "Name to table, of texts to numbers, which `calculate` looks up: {rate: {USD: 0.92}}.")),
      projects_(registrar.setting("projects", std::vector<std::string>{}, "Only these, by id or name. None: all.")),
      exclude_projects_(registrar.setting("exclude_projects", std::vector<std::string>{}, "Not these.")),
      hold_(registrar.setting("hold", 30s, "How long to wait before trying again while the site is away.")
                .range(1s, 1h)) {}

Settings SettingHandles::read() const {
    Settings out;
    std::string faults;
    Tables tables;
    try {
        tables = tables_of(tables_.get().json());
    } catch (const std::invalid_argument& error) {
        faults += fmt::format("{} ", error.what());
    }
    const auto& rules = rules_.get().json();
    if (rules.MemberCount() == 0) faults += "rules: there are none. ";
    for (const auto& member : rules.GetObject()) {
        const std::string name(json::text_or_empty(member.name));
        try {
            out.rules.push_back(rule_of(name, member.value, tables));
        } catch (const std::invalid_argument& error) {
            faults += fmt::format("rules.{}: {} ", name, error.what());
        }
    }
    if (!faults.empty()) {
        faults.pop_back();
        throw std::invalid_argument(faults);
    }
    out.projects = {projects_.get(), exclude_projects_.get()};
    out.hold = hold_.get();
    return out;
}

}  // namespace copy_fields
