// PluginOrder: which plugin comes after which (`after`, and `order: strict` of a directory). Names that do not exist
// and cycles are configuration errors; a cycle that only a directory's order closes is cut and told.
#pragma once

#include "core/engine/plugin_directory.hpp"
#include "core/engine/plugin_options.hpp"

#include <map>
#include <string>
#include <vector>

namespace foley::core {

class PluginOrder {
public:
    PluginOrder() = default;
    PluginOrder(const EngineOptions& options, const std::vector<PluginFile>& files);

    // The plugins that `plugin` comes directly after.
    const std::vector<std::string>& before(const std::string& plugin) const;
    // The plugins that come directly after `plugin`.
    const std::vector<std::string>& behind(const std::string& plugin) const;
    const std::vector<std::string>& notes() const noexcept { return notes_; }

private:
    void add(const std::string& plugin, const std::string& after);
    bool reaches(const std::string& from, const std::string& to) const;

    std::map<std::string, std::vector<std::string>> before_, behind_;
    std::vector<std::string> notes_;
};

}  // namespace foley::core
