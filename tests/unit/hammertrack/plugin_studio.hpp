// The built plugin with a simulated ftrack site and a folder with the demo's tree in the place of the share.
#pragma once

#include "share_fixture.hpp"

#include "tests/sites/ftrack/demo.hpp"
#include "tests/sites/ftrack/sim_ftrack.hpp"

#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <sys/xattr.h>

namespace hammertrack_test {

using foley::Outcome;
using Kind = foley::Outcome::Kind;
using Names = std::set<std::string>;

class Studio {
public:
    Studio() {
        foley::sim::DemoOptions options;
        options.mount = folder.path().string();
        demo =
            site.with([&](foley::sim::SimFtrack::World& world) { return foley::sim::build_demo(world.site, options); });
        for (const auto& each : demo.tasks)
            std::filesystem::create_directories(folder.path() / each.folder);
    }

    std::unique_ptr<foley::testing::Plugin> plugin(const std::string& url = {}) {
        auto result = std::make_unique<foley::testing::Plugin>(std::filesystem::path(HAMMERTRACK_PLUGIN));
        foley::SiteConnection connection;
        connection.name = "studio";
        connection.kind = "ftrack";
        connection.url = url.empty() ? site.url() : url;
        connection.user = site.options().user;
        connection.secret = foley::Secret(site.options().key);
        result->add_site(connection).set("label_store", "xattr").set("site_timeout", std::chrono::seconds(5));
        result->set("menu", foley::SettingMap(R"({"yul": "Montreal", "lax": "Los Angeles", "yyz": "Toronto"})"));
        return result;
    }
    void choose(const std::string& entity, const std::vector<std::string>& values) {
        site.set_choices(entity, "hs_location", values);
    }
    Names labels(const std::string& path) const {
        Names names;
        for (const std::string name : {"yul", "lax", "yyz"}) {
            if (::getxattr((folder.path() / path).c_str(), ("user.foley.label." + name).c_str(), nullptr, 0) >= 0) {
                names.insert(name);
            }
        }
        return names;
    }

    Folder folder;
    foley::sim::SimFtrack site;
    foley::sim::Demo demo;
};

// As ftrack tells of a change of a task.
inline foley::testing::SavedEvent changed(const std::string& id, const std::string& key = "hs_location",
                                          const std::string& type = "Task", const std::string& action = "update",
                                          const std::string& value = "what the event says does not count") {
    auto event = foley::testing::ftrack_event(
        R"({"id": "e-1", "topic": "ftrack.update", "data": {"entities": [{"entity_type": ")" + type +
        R"(", "entityType": ")" + (type == "AssetVersion" ? "assetversion" : "task") + R"(", "entityId": ")" + id +
        R"(", "action": ")" + action + R"(", "keys": [")" + key + R"("], "changes": {")" + key +
        R"(": {"old": "", "new": ")" + value + R"("}}}]}})");
    event.received_at = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    return event;
}

// The whole reconciliation.
inline void settle(foley::testing::Plugin& plugin) {
    while (plugin.tick("reconcile").kind() == Kind::again_after) {
    }
}

inline Outcome only(const std::vector<foley::testing::Result>& results) {
    REQUIRE(results.size() == 1);
    return results.front().outcome;
}

}  // namespace hammertrack_test
