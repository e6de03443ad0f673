// Rig: a foleyd with plugins that do nothing, so that what is measured is Foley's.
#pragma once

#include "integration/harness/daemon.hpp"

#include "core/os/child_process.hpp"
#include "core/os/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace foley::bench {

struct RigOptions {
    std::size_t plugins = 1;     // take every event: no_op000, …
    std::size_t bystanders = 0;  // want none of them
    std::string sites{}, sources{};
    bool lines_source = false;
    std::string times = "settle: 20ms\nrescan: 30s\n";
    std::string plugin_defaults = "start: earliest";
};

class Rig {
public:
    explicit Rig(const RigOptions& options);

    // Before start(): events of the sample's size straight into the journal.
    void stock(std::uint64_t events);
    // Starts the daemon; returns when all plugins run.
    void start();
    void start_paused();  // the same, and no_op plugins stand still
    void resume();
    // All no_op plugins have finished everything up to here; returns how long that took since `begin_ns`.
    double seconds_until(std::uint64_t position, std::int64_t begin_ns);

    const std::vector<std::string>& plugins() const noexcept { return plugins_; }
    testing::Daemon& daemon() noexcept { return daemon_; }

private:
    std::vector<std::string> plugins_, bystanders_;
    testing::Daemon daemon_;
};

// A program of ready pages, and the flag that opens it.
class ReadySite {
public:
    ReadySite(const std::filesystem::path& gate, std::uint64_t events, std::uint64_t missing = 0);
    const std::string& url() const noexcept { return url_; }

private:
    std::optional<core::ChildProcess> child_;
    core::UniqueFd output_;
    std::string url_;
};

void open_gate(const std::filesystem::path& gate);

}  // namespace foley::bench
