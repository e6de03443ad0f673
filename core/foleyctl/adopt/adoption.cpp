// Which plugins are taken over, and where each of them goes on.
#include "core/foleyctl/adopt/adoption.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace foley::core {
namespace {

namespace fs = std::filesystem;

std::string plain(const fs::path& path) {
    std::string text = path.lexically_normal().string();
    while (text.size() > 1 && text.back() == '/')
        text.pop_back();
    return text;
}

// A name that can stand in a file name, as plugins of Foley have it.
bool can_be_plugin(std::string_view name) {
    constexpr std::size_t kLongest = 64;
    if (name.empty() || name.size() > kLongest || name.front() == '.' || name.front() == '-') return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
}

class Planner {
public:
    Planner(const std::optional<EventState>& state, const AdoptionRequest& request, Adoption& target)
        : state_(state), request_(request), target_(target) {
        if (!state_) return;
        for (const auto& [directory, plugins] : state_->directories)
            directories_[plain(directory)] = &plugins;
    }

    void take(const FoundPlugins& found) {
        const std::string directory = plain(found.path);
        std::vector<std::string> names = found.names;
        if (!found.readable) {
            target_.warnings.push_back(directory + " cannot be read here; its plugins are those of the state file");
            if (const auto* plugins = plugins_of(directory)) {
                for (const auto& [name, position] : *plugins)
                    names.push_back(name);
            }
        }
        for (const std::string& name : names)
            take(name, directory);
    }

    // What the state file still has, though no file belongs to it any more.
    void take_rest() {
        for (const auto& [directory, plugins] : directories_) {
            for (const auto& [name, position] : *plugins)
                take_gone(name, directory, position);
        }
        for (const std::string& name : request_.only) {
            if (taken_.contains(name) || refused_.contains(name)) continue;
            throw std::invalid_argument("--plugin " + name +
                                        ": neither a plugin path nor the state file has such a plugin");
        }
    }

    void begin_source() {
        for (const AdoptedPlugin& plugin : target_.plugins) {
            if (!plugin.handled) continue;
            std::uint64_t first = *plugin.handled + 1;
            if (!plugin.missing.empty()) first = std::min(first, plugin.missing.ranges().begin()->first);
            target_.first_id = std::min(first, target_.first_id.value_or(first));
        }
    }

private:
    const EventState::Plugins* plugins_of(const std::string& directory) const {
        const auto found = directories_.find(directory);
        return found == directories_.end() ? nullptr : found->second;
    }

    bool asked_for(const std::string& name) const {
        return request_.only.empty() ||
               std::find(request_.only.begin(), request_.only.end(), name) != request_.only.end();
    }

    void leave_out(const std::string& name, const std::string& what, const std::string& reason) {
        refused_.insert(name);
        target_.left_out.push_back({what, reason});
    }

    void take(const std::string& name, const std::string& directory) {
        const std::string file = directory + "/" + name + ".py";
        if (taken_.contains(name)) {
            target_.left_out.push_back({file,
                                        "another path has a plugin of this name, which counts; Foley knows a plugin "
                                        "by its file's name alone. Build this one under another name"});
            return;
        }
        if (!asked_for(name)) return leave_out(name, file, "not asked for");
        AdoptedPlugin plugin{name, directory, {}, {}, {}};
        place(plugin);
        if (!can_be_plugin(name)) {
            return leave_out(
                name, file,
                "its name cannot be a plugin's in Foley (letters, digits, '_', '-', '.', up to 64). Build it "
                "under another name, with " +
                    start_of(plugin));
        }
        taken_.insert(name);
        target_.plugins.push_back(std::move(plugin));
    }

    void take_gone(const std::string& name, const std::string& directory, const EventPosition& position) {
        if (taken_.contains(name) || refused_.contains(name)) return;
        AdoptedPlugin plugin{name, directory, {}, {}, {}};
        place(plugin);
        const bool named = !request_.only.empty() && asked_for(name) && can_be_plugin(name);
        if (named) {
            plugin.remark = "its file is gone";
            taken_.insert(name);
            target_.plugins.push_back(std::move(plugin));
        } else if (request_.only.empty()) {
            leave_out(name, name + " of " + directory,
                      position.last ? fmt::format("its file is gone, the state file still has it at event {}; "
                                                  "--plugin {} takes it over",
                                                  *position.last, name)
                                    : "its file is gone");
        }
    }

    // As shotgunEvents finds a position when it starts.
    void place(AdoptedPlugin& plugin) const {
        if (!state_) return;
        if (state_->for_all) {
            plugin.handled = state_->for_all;
            return;
        }
        if (const auto* plugins = plugins_of(plugin.directory)) {
            if (const auto found = plugins->find(plugin.name); found != plugins->end()) {
                use(plugin, found->second);
            } else {
                plugin.remark = "new: it has no position yet";
            }
            return;
        }
        // A directory that the state does not know has moved: the highest position under the same name counts.
        for (const auto& [directory, plugins] : directories_) {
            const auto found = plugins->find(plugin.name);
            if (found == plugins->end() || !found->second.last) continue;
            if (plugin.handled && *plugin.handled >= *found->second.last) continue;
            use(plugin, found->second);
            plugin.remark = "its position was kept under " + directory;
        }
        if (!plugin.handled) plugin.remark = "new: it has no position yet";
    }

    static void use(AdoptedPlugin& plugin, const EventPosition& position) {
        plugin.handled = position.last;
        plugin.missing = position.last ? position.missing : NumberRanges{};
        if (!position.last) plugin.remark = "it has handled no event yet";
    }

    std::string start_of(const AdoptedPlugin& plugin) const {
        if (!plugin.handled) return "no start";
        return fmt::format("start: {{source: {}, handled: {}}}", request_.name, *plugin.handled);
    }

    const std::optional<EventState>& state_;
    const AdoptionRequest& request_;
    Adoption& target_;
    std::map<std::string, const EventState::Plugins*> directories_;
    std::set<std::string> taken_, refused_;
};

}  // namespace

std::vector<FoundPlugins> find_event_plugins(const std::vector<fs::path>& paths) {
    std::vector<FoundPlugins> found;
    found.reserve(paths.size());
    for (const fs::path& path : paths) {
        FoundPlugins here{path, false, {}};
        std::error_code error;
        fs::directory_iterator entry(path, error);
        here.readable = !error;
        for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
            std::error_code ignored;
            const fs::path& file = entry->path();
            const bool hidden = file.filename().native().starts_with('.');
            if (!hidden && file.extension() == ".py" && !entry->is_directory(ignored))
                here.names.push_back(file.stem().string());
        }
        std::sort(here.names.begin(), here.names.end());
        found.push_back(std::move(here));
    }
    return found;
}

Adoption plan_adoption(const Installation& installation, const std::optional<EventState>& state,
                       const std::vector<FoundPlugins>& found, const AdoptionRequest& request) {
    Adoption target;
    target.name = request.name;
    target.warnings = installation.remarks;
    Planner planner(state, request, target);
    for (const FoundPlugins& here : found)
        planner.take(here);
    planner.take_rest();
    planner.begin_source();
    target.settings = carry_settings(installation, request.name);
    return target;
}

}  // namespace foley::core
