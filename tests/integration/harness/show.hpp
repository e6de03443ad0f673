// Show: a simulated ShotGrid site and a foleyd that follows its event log with the source `shows`.
//
// The source is impatient, so that tests are quick: it asks every 20 to 100 ms, and waits for missing ids as long as
// the test says.
// Thread: the one that made it; the site has its own.
#pragma once

#include "integration/harness/daemon.hpp"

#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace foley::testing {

class Show {
public:
    struct Options {
        std::vector<PluginSection> plugins = {{.name = "a"}};
        std::string source = "start: earliest, gap_timeout: 5m";  // flow entries
        std::string pace = "poll: 50ms, poll_idle: 100ms";        // of the source, the same
        sim::SimShotgridOptions site{};
        std::string top{};                       // of the configuration
        std::vector<std::string> environment{};  // of the daemon
    };
    Show() : Show(Options{}) {}
    explicit Show(Options options);

    // Starts the daemon and waits until it follows the site.
    void follow();
    void await_source(const std::string& state);

    // Commits so many entries, or one whose recorder does what `script` says (see recorder.cpp).
    void commit_many(std::size_t count);
    std::uint64_t commit(const std::string& script = {});
    // Takes ids that are committed later, or never.
    std::uint64_t reserve(std::uint64_t count = 1) {
        return static_cast<std::uint64_t>(site.reserve(static_cast<std::int64_t>(count)));
    }
    void commit_reserved(std::uint64_t id);

    // The plugin has handled this event, or so many.
    void await_handled(const std::string& plugin, std::uint64_t id);
    void await_count(const std::string& plugin, std::size_t count,
                     std::chrono::milliseconds limit = std::chrono::seconds(60));
    // The ids of its events as numbers, in the order of the calls.
    std::vector<std::uint64_t> ids(const std::string& plugin) const;
    SourceView source() { return daemon.source("shows"); }

    sim::SimShotgrid site;
    Daemon daemon;

private:
    static std::string entry(const std::string& script);
    DaemonSetup setup(const Options& options) const;
};

}  // namespace foley::testing
