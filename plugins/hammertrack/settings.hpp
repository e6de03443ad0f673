// Settings: hammertrack's settings as its parts want them. The README explains each.
#pragma once

#include "hammertrack/attribute_setup.hpp"
#include "hammertrack/entity_paths.hpp"
#include "hammertrack/label.hpp"

#include <foley/registrar.hpp>

#include <chrono>
#include <set>
#include <string>

namespace hammertrack {

enum class StoreKind { gateway, command, xattr };

struct Settings {
    std::string site;
    std::string attribute_key;
    std::string attribute_name;
    AttributeMode attribute = AttributeMode::create;
    LabelMenu menu;
    std::set<EntityKind> kinds;
    TaskPath task_path = TaskPath::parent;
    std::string mount;
    std::string location;
    StoreKind store = StoreKind::gateway;
    std::string hs_program;
    std::string xattr_prefix;
    std::chrono::milliseconds operation_timeout{};
    std::chrono::milliseconds site_timeout{};
    std::chrono::seconds hold{};
    std::chrono::seconds missing_for{};
    std::chrono::seconds reconcile_interval{};
    std::size_t reconcile_slice = 0;
    std::chrono::milliseconds share_check{};
};

// The declarations, made while the plugin registers.
class SettingHandles {
public:
    explicit SettingHandles(foley::Registrar& registrar);

    // From the plugin's start on. Throws std::invalid_argument with all that the daemon could not check.
    Settings read() const;

private:
    foley::Setting<std::string> site_, attribute_key_, attribute_name_, location_, xattr_prefix_;
    foley::Setting<AttributeMode> attribute_;
    foley::Setting<foley::SettingMap> menu_;
    foley::Setting<std::vector<std::string>> entities_;
    foley::Setting<TaskPath> task_path_;
    foley::Setting<std::string> mount_, hs_program_;
    foley::Setting<StoreKind> store_;
    foley::Setting<foley::Duration> operation_timeout_, site_timeout_, hold_, missing_for_, reconcile_interval_,
        share_check_;
    foley::Setting<std::int64_t> reconcile_slice_;
};

}  // namespace hammertrack
