// Engine: the plugins that lie in a directory which uses only those that are configured, and are not. They have no
// runner and no place in the journal, so they hold no events back, and begin like any new plugin when they get a
// section.
#include "core/engine/engine_impl.hpp"

#include <algorithm>
#include <utility>

namespace foley::core {
namespace {

constexpr std::string_view kNotConfigured =
    "not configured: its directory uses only plugins that have a section under `plugins`";

}  // namespace

void Engine::Impl::note_available(const std::vector<PluginFile>& files) {
    const std::map<std::string, Available> before = std::exchange(available_, {});
    for (const PluginFile& file : files) {
        const auto known = before.find(file.name);
        available_.emplace(file.name, Available{file, known == before.end() ? clock.now() : known->second.since});
    }
    for (const auto& [name, one] : runners)
        one->explain_absence(std::string(available_.contains(name) ? kNotConfigured : ""));
}

std::vector<PluginStatus> Engine::Impl::available_plugins() const {
    std::vector<PluginStatus> all;
    for (const auto& [name, plugin] : available_) {
        if (runners.contains(name)) continue;  // it was configured once, and is absent with its place in the journal
        PluginStatus status;
        status.name = name;
        status.state = PluginState::available;
        status.reason = kNotConfigured;
        status.since = plugin.since;
        status.file = plugin.file.path.string();
        all.push_back(std::move(status));
    }
    return all;
}

bool Engine::Impl::is_left_out(const std::string& plugin) const {
    const auto file =
        std::find_if(files_.begin(), files_.end(), [&](const PluginFile& one) { return one.name == plugin; });
    if (file == files_.end()) return false;
    const std::filesystem::path folder = file->path.parent_path();
    const auto& directories = services.options->directories;
    return std::any_of(directories.begin(), directories.end(), [&](const PluginDirectoryOptions& directory) {
        return directory.path == folder && directory.only && !directory.only->contains(plugin);
    });
}

std::string Engine::Impl::no_such_plugin(const std::string& name) const {
    if (available_.contains(name)) return std::string(name).append(" is ").append(kNotConfigured);
    return "there is no plugin " + name + "; `foleyctl plugins` lists them";
}

}  // namespace foley::core
