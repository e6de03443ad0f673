// Adoption: what becomes of an installation of shotgunEvents in Foley. Made without writing anything, so it can be
// shown first.
#pragma once

#include "core/foleyctl/adopt/carried_settings.hpp"
#include "core/foleyctl/adopt/installation.hpp"
#include "core/foleyctl/adopt/state_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

// What lies in one of the plugin paths now.
struct FoundPlugins {
    std::filesystem::path path;
    bool readable = false;
    std::vector<std::string> names;  // of the files, without .py, sorted
};
std::vector<FoundPlugins> find_event_plugins(const std::vector<std::filesystem::path>& paths);

struct AdoptedPlugin {
    std::string name;
    std::string directory;
    std::optional<std::uint64_t> handled;  // nothing: it starts at the newest event
    NumberRanges missing;
    std::string remark;  // "its position was kept under /old/path"; mostly empty
};

struct Adoption {
    std::string name;                       // of the site and of the source
    std::vector<AdoptedPlugin> plugins;     // in the order in which shotgunEvents runs them
    std::optional<std::uint64_t> first_id;  // the source begins here; nothing: at the newest event
    CarriedSettings settings;
    std::vector<NotCarriedOver> left_out;  // plugins and their positions; the settings have a list of their own
    std::vector<std::string> warnings;
};

struct AdoptionRequest {
    std::string name = "shotgrid";
    std::vector<std::string> only;  // plugins; empty: all that have a file
};

// `state` is nothing when there is no state file. Throws std::invalid_argument when `only` names what nobody knows.
Adoption plan_adoption(const Installation& installation, const std::optional<EventState>& state,
                       const std::vector<FoundPlugins>& found, const AdoptionRequest& request);

}  // namespace foley::core
