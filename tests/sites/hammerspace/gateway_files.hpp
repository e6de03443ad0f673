// GatewayFiles: the command files of the simulated share. They exist in memory only, and are forgotten after a while.
//
// Thread: any; it locks itself.
#pragma once

#include "share_faults.hpp"
#include "share_model.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace foley::sites {

// True for a path whose last part is ".fs_command_gateway 0x…".
bool is_gateway_path(std::string_view path) noexcept;

// All functions return 0 or more, or a negative errno, as FUSE wants it. `path` is relative to the share.
class GatewayFiles {
public:
    GatewayFiles(ShareModel& model, ShareFaults& faults) : model_(model), faults_(faults) {}

    int create(const std::string& path);
    int open(const std::string& path, bool for_writing, bool truncate);
    int write(const std::string& path, std::string_view bytes, std::size_t offset);
    int read(const std::string& path, char* buffer, std::size_t size, std::size_t offset);
    int truncate(const std::string& path, std::size_t size);
    // A descriptor was closed: what was written since is run, and its answer is the content from now on.
    int flush(const std::string& path);
    int remove(const std::string& path);
    std::optional<std::size_t> size(const std::string& path) const;

private:
    struct File {
        std::string content;
        bool written = false;
        std::chrono::steady_clock::time_point touched;
    };
    File* find(const std::string& path);
    std::string answer(const std::string& folder, const std::string& command);

    ShareModel& model_;
    ShareFaults& faults_;
    mutable std::mutex mutex_;
    std::map<std::string, File> files_;
};

}  // namespace foley::sites
