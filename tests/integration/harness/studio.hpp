// Studio: a simulated ftrack site with a small project, a directory tree that stands for the share, and a foleyd with
// hammertrack between the two, its labels kept as extended attributes; or, with a mount, by whoever shows the tree
// there as a share.
//
// The tree lies in the build directory, since temporary file systems may have no user attributes.
// Thread: the one that made it; the site has its own.
#pragma once

#include "integration/harness/daemon.hpp"

#include "tests/sites/ftrack/demo.hpp"
#include "tests/sites/ftrack/sim_ftrack.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace foley::testing {

using Labels = std::set<std::string>;
using LabelsOfPaths = std::map<std::string, Labels>;  // by path relative to the tree

class Studio {
public:
    struct Options {
        unsigned sequences = 1, shots = 2;
        bool versions = true;
        std::string hammertrack = "hold: 1s";  // further settings
        std::filesystem::path mount{};         // where the tree will be seen as a share with a gateway
        DaemonSetup daemon{};                  // plugins beside hammertrack, …
    };
    explicit Studio(Options options);

    static const std::vector<std::string>& labels();  // of the menu
    // Tasks and versions, the entities that carry the attribute.
    const std::vector<std::string>& entities() const noexcept { return entities_; }
    void set_labels(const std::string& entity, const std::vector<std::string>& labels);

    // What ftrack says that each path should have: the union over all entities that map to it.
    LabelsOfPaths wanted();
    // What the tree has as extended attributes.
    LabelsOfPaths present() const;
    // Sentences: where the two differ.
    std::vector<std::string> differences();
    void await_same(std::chrono::milliseconds limit);
    const std::filesystem::path& tree() const noexcept { return tree_.path(); }
    void install_hammertrack() { daemon.install("hammertrack", shipped_plugin("hammertrack")); }

private:
    DaemonSetup with_site(const Options& options);
    void make_tree();

    TemporaryDirectory tree_;
    std::vector<std::string> entities_;
    std::map<std::string, std::vector<std::string>> entities_of_path_;

public:
    sim::SimFtrack site;
    sim::Demo demo;
    Daemon daemon;
};

}  // namespace foley::testing
