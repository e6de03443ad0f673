#include "core/engine/plugin_order.hpp"

#include <algorithm>

namespace foley::core {
namespace {

const std::vector<std::string>& in(const std::map<std::string, std::vector<std::string>>& map,
                                   const std::string& name) {
    static const std::vector<std::string> none;
    const auto found = map.find(name);
    return found == map.end() ? none : found->second;
}

}  // namespace

PluginOrder::PluginOrder(const EngineOptions& options, const std::vector<PluginFile>& files) {
    for (const auto& [name, plugin] : options.plugins) {
        for (const std::string& other : plugin.after)
            add(name, other);
    }
    for (const PluginDirectoryOptions& directory : options.directories) {
        if (!directory.strict_order) continue;
        std::vector<std::string> names;
        for (const PluginFile& file : files) {
            if (file.path.parent_path() == directory.path) names.push_back(file.name);
        }
        std::sort(names.begin(), names.end());
        for (std::size_t index = 1; index < names.size(); ++index)
            add(names[index], names[index - 1]);
    }
}

void PluginOrder::add(const std::string& plugin, const std::string& after) {
    const std::vector<std::string>& known = in(before_, plugin);
    if (std::find(known.begin(), known.end(), after) != known.end()) return;
    if (plugin == after || reaches(after, plugin)) {
        notes_.push_back("plugin " + plugin + " does not wait for " + after + ": " + after +
                         " comes after it already, and waiting both ways would stop both");
        return;
    }
    before_[plugin].push_back(after);
    behind_[after].push_back(plugin);
}

bool PluginOrder::reaches(const std::string& from, const std::string& to) const {
    if (from == to) return true;
    const std::vector<std::string>& next = in(before_, from);
    return std::any_of(next.begin(), next.end(), [&](const std::string& name) { return reaches(name, to); });
}

const std::vector<std::string>& PluginOrder::before(const std::string& plugin) const {
    return in(before_, plugin);
}
const std::vector<std::string>& PluginOrder::behind(const std::string& plugin) const {
    return in(behind_, plugin);
}

}  // namespace foley::core
