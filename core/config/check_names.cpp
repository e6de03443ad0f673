#include "core/config/sections.hpp"
#include "core/config/suggestion.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

namespace foley::core {
namespace {

using Names = std::vector<std::string>;

bool contains(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// The place of a value below the root, as near as it can be found.
Position place_of(const YamlNode& root, std::initializer_list<std::string_view> path) {
    const YamlNode* node = &root;
    for (const std::string_view key : path) {
        const YamlNode* next = node->find(key);
        if (next == nullptr) break;
        node = next;
    }
    return node->position();
}

// The place of one text in a list (or of the text itself where it stands alone).
Position place_in(const YamlNode& root, std::initializer_list<std::string_view> path, std::string_view text) {
    const YamlNode* node = &root;
    for (const std::string_view key : path) {
        const YamlNode* next = node->find(key);
        if (next == nullptr) return node->position();
        node = next;
    }
    for (const YamlNode& item : node->items) {
        if (item.text == text) return item.position();
    }
    return node->position();
}

std::string unknown(const std::string& what, const std::string& kind, const std::string& name, const Names& known) {
    std::string sentence = what + ": there is no " + kind + " " + name;
    if (const std::string hint = suggestion(name, known); !hint.empty()) sentence += "; " + hint;
    return sentence;
}

// The plugins that the configuration names, and the libraries that lie in the plugin directories now.
Names known_plugins(const Configuration& configuration) {
    Names names;
    for (const auto& [name, plugin] : configuration.plugins)
        names.push_back(name);
    for (const PluginDirectoryConfig& directory : configuration.plugin_directories) {
        std::error_code error;
        for (std::filesystem::directory_iterator it(directory.path, error), end; !error && it != end;
             it.increment(error)) {
            if (it->path().extension() == ".so") names.push_back(it->path().stem().string());
        }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

// The kind that the site of a source must have; empty: any.
std::string_view site_kind(const SourceConfig& source) {
    if (std::holds_alternative<FtrackSourceConfig>(source.kind)) return "ftrack";
    if (std::holds_alternative<ShotgridSourceConfig>(source.kind)) return "shotgrid";
    return {};
}

void check_sources(const Configuration& configuration, const Names& sites, const YamlNode& root, Problems& problems) {
    for (const SourceConfig& source : configuration.sources) {
        const std::string site = std::visit([](const auto& kind) { return kind.site; }, source.kind);
        const Position place = place_of(root, {"sources", source.name, "site"});
        const std::string what = "sources." + source.name + ".site";
        if (!site.empty() && !contains(sites, site)) problems.add(place, unknown(what, "site", site, sites));
        const std::string_view wanted = site_kind(source);
        for (const SiteConfig& known : configuration.sites) {
            if (known.name != site || wanted.empty() || known.kind.empty() || known.kind == wanted) continue;
            std::string sentence = what;
            sentence.append(": ").append(site).append(" is a site of kind ").append(known.kind);
            sentence.append(", and this source needs one of kind ").append(wanted);
            problems.add(place, std::move(sentence));
        }
    }
}

void check_sites_of_plugins(const Configuration& configuration, const Names& sites, const YamlNode& root,
                            Problems& problems) {
    const auto check = [&](const PluginConfig& plugin, const std::string& path,
                           std::initializer_list<std::string_view> place) {
        for (const std::string& site : plugin.sites) {
            if (!contains(sites, site)) {
                problems.add(place_in(root, place, site), unknown(path + ".sites", "site", site, sites));
            }
        }
    };
    check(configuration.plugin_defaults, "plugin_defaults", {"plugin_defaults", "sites"});
    for (const auto& [name, plugin] : configuration.plugins) {
        if (plugin.sites == configuration.plugin_defaults.sites) continue;
        check(plugin, "plugins." + name, {"plugins", name, "sites"});
    }
}

void check_after(const Configuration& configuration, const YamlNode& root, Problems& problems) {
    const Names known = known_plugins(configuration);
    for (const auto& [name, plugin] : configuration.plugins) {
        for (const std::string& before : plugin.after) {
            const Position place = place_in(root, {"plugins", name, "after"}, before);
            const std::string what = "plugins." + name + ".after";
            if (before == name) {
                problems.add(place, what + ": a plugin cannot come after itself");
            } else if (!contains(known, before)) {
                problems.add(place, unknown(what, "plugin", before, known));
            }
        }
    }
}

// Follows `after` from one plugin; returns the circle when it comes back to where it has been.
Names find_circle(const Configuration& configuration, const std::string& name, Names& trail,
                  std::set<std::string>& done) {
    const auto seen = std::find(trail.begin(), trail.end(), name);
    if (seen != trail.end()) return {seen, trail.end()};
    if (!done.insert(name).second) return {};
    const auto plugin = configuration.plugins.find(name);
    if (plugin == configuration.plugins.end()) return {};
    trail.push_back(name);
    for (const std::string& before : plugin->second.after) {
        if (before == name) continue;  // told already
        if (Names circle = find_circle(configuration, before, trail, done); !circle.empty()) return circle;
    }
    trail.pop_back();
    return {};
}

void check_circles(const Configuration& configuration, const YamlNode& root, Problems& problems) {
    std::set<std::string> done;
    for (const auto& [name, plugin] : configuration.plugins) {
        Names trail;
        const Names circle = find_circle(configuration, name, trail, done);
        if (circle.empty()) continue;
        std::string text;
        for (const std::string& member : circle)
            text += member + " after ";
        problems.add(place_of(root, {"plugins", circle.front(), "after"}),
                     "plugins." + circle.front() + ".after: these wait for each other: " + text + circle.front());
    }
}

void check_former_names(const Configuration& configuration, const YamlNode& root, Problems& problems) {
    for (const auto& [name, plugin] : configuration.plugins) {
        if (plugin.state_of.empty()) continue;
        const bool taken = configuration.plugins.contains(plugin.state_of);
        if (plugin.state_of != name && !taken) continue;
        problems.add(place_of(root, {"plugins", name, "state_of"}),
                     "plugins." + name + ".state_of: " + plugin.state_of +
                         (taken && plugin.state_of != name ? " is a plugin of this configuration, not a former name"
                                                           : " is the plugin's own name"));
    }
}

void check_start_sources(const Configuration& configuration, const YamlNode& root, Problems& problems) {
    Names sources;
    for (const SourceConfig& source : configuration.sources)
        sources.push_back(source.name);
    for (const auto& [name, plugin] : configuration.plugins) {
        if (plugin.start.source.empty() || contains(sources, plugin.start.source)) continue;
        problems.add(place_of(root, {"plugins", name, "start", "source"}),
                     unknown("plugins." + name + ".start.source", "source", plugin.start.source, sources));
    }
}

void check_directories(const Configuration& configuration, Problems& problems) {
    std::set<std::string> seen;
    for (const PluginDirectoryConfig& directory : configuration.plugin_directories) {
        if (!seen.insert(directory.path.string()).second) {
            problems.add(directory.position, "plugin_directories: " + directory.path.string() + " is listed twice");
        }
    }
}

}  // namespace

void check_names(const Configuration& configuration, const YamlNode& root, Problems& problems) {
    Names sites;
    for (const SiteConfig& site : configuration.sites)
        sites.push_back(site.name);
    check_sources(configuration, sites, root, problems);
    check_sites_of_plugins(configuration, sites, root, problems);
    check_after(configuration, root, problems);
    check_circles(configuration, root, problems);
    check_former_names(configuration, root, problems);
    check_start_sources(configuration, root, problems);
    check_directories(configuration, problems);
}

}  // namespace foley::core
