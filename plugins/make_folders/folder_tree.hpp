// FolderTree: makes folders beneath a root, and never elsewhere: a symbolic link is followed only as far as it stays
// beneath the root.
//
// A folder that is there is fine, and left as it is. A new one gets its owner, group and mode before anyone can see it
// as finished; one that was left half made by a crash is finished the next time.
//
// Thread: one at a time. All functions may block for as long as the file system does.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/types.h>

namespace make_folders {

// The root is not there, not mounted, full or read-only, or its server is away: wait.
class TreeAway : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// This folder cannot be made, and waiting will not help: a file is in the way, no permission, a link leads out.
class FolderRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Rights {
    std::optional<mode_t> mode;  // none: what the process's umask leaves
    std::optional<uid_t> owner;
    std::optional<gid_t> group;

    bool any() const noexcept { return mode || owner || group; }
};

class FolderTree {
public:
    // `mount`: what must be a mount point for the root to count as there; empty: the root must not be empty.
    FolderTree(std::string root, std::string mount) : root_(std::move(root)), mount_(std::move(mount)) {}

    // Throws TreeAway.
    void check() const;
    // Makes the folder and what is missing above it; `path` is relative to the root, without "." and "..". Returns the
    // folders that were not there, top first; with `pretend` only says so. Throws TreeAway, FolderRefused.
    std::vector<std::string> make(const std::string& path, const Rights& rights, bool pretend = false) const;
    // Throws TreeAway, FolderRefused.
    bool has(const std::string& path) const;

    const std::string& root() const noexcept { return root_; }

private:
    std::string root_;
    std::string mount_;
};

}  // namespace make_folders
