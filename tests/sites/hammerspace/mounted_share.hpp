// MountedShare: the simulated share as a FUSE file system: an ordinary folder seen through a mount, with a command
// gateway in each folder.
//
// Owner: a test or sim-hammerspace. The file system runs on threads of its own from construction to destruction.
#pragma once

#include "gateway_files.hpp"
#include "share_faults.hpp"
#include "share_model.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

struct fuse;

namespace foley::sites {

class MountedShare {
public:
    // Why FUSE cannot be used here, as a sentence; empty when it can.
    static std::string why_impossible();

    // Both folders exist. Throws std::runtime_error when it cannot be mounted.
    MountedShare(const std::filesystem::path& backing, const std::filesystem::path& mount_point);
    // Ends what hangs, unmounts and waits for the threads.
    ~MountedShare();
    MountedShare(const MountedShare&) = delete;
    MountedShare& operator=(const MountedShare&) = delete;

    ShareModel& model() noexcept { return model_; }
    ShareFaults& faults() noexcept { return faults_; }
    GatewayFiles& gateway() noexcept { return gateway_; }
    const std::filesystem::path& backing() const noexcept { return model_.backing(); }
    const std::filesystem::path& mount_point() const noexcept { return mount_point_; }
    // From outside it was unmounted.
    bool ended() const noexcept { return ended_; }

    // What the control file ".sim_hammerspace" at the share's root takes and gives: "fault echo 3", "fault none",
    // "define yul", "define cat animal" (implied), "undefine yul", "clear history"; reading gives all as JSON. Returns
    // a sentence when the line makes no sense.
    std::string control(const std::string& line);
    std::string state_json() const;

private:
    ShareModel model_;
    ShareFaults faults_;
    GatewayFiles gateway_;
    std::filesystem::path mount_point_;
    fuse* fuse_ = nullptr;
    std::atomic<bool> ended_{false};
    std::thread loop_;
};

}  // namespace foley::sites
