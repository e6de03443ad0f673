// ShareRoot: the folder that the share is mounted at, held open. ShareEntry: a file or folder beneath it that exists.
//
// Symbolic links are followed only as far as they stay beneath the root; what is found is known by its real path, so
// two spellings of one folder are one path. Thread: any, both are immutable. All functions may block for as long as the
// share does: call them through Share.
#pragma once

#include "hammertrack/share_path.hpp"
#include "hammertrack/unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace hammertrack {

class ShareEntry {
public:
    ShareEntry(SharePath real, bool directory, UniqueFd self, UniqueFd folder)
        : real_(std::move(real)), directory_(directory), self_(std::move(self)), folder_(std::move(folder)) {}

    const SharePath& path() const noexcept { return real_; }  // after all links
    bool is_directory() const noexcept { return directory_; }
    int descriptor() const noexcept { return self_.get(); }  // O_PATH
    // O_PATH; where commands for this entry are written: itself, or of a file the folder that it is in.
    int folder() const noexcept { return directory_ ? self_.get() : folder_.get(); }
    // How commands written there name it: "" for a folder, else the file's name.
    std::string name_in_folder() const { return directory_ ? std::string() : std::string(real_.name()); }

private:
    SharePath real_;
    bool directory_;
    UniqueFd self_;
    UniqueFd folder_;
};

class ShareRoot {
public:
    // Throws ShareAway when `path` is no folder that can be opened.
    explicit ShareRoot(const std::string& path);

    // Throws EntryMissing; PathRefused when a link leads out of the share or to the share itself, and for what is
    // neither file nor folder; Unsettled, ShareAway, Rejected.
    std::shared_ptr<const ShareEntry> find(const SharePath& path) const;

    // Which mount this is. Changes when the share is unmounted or another one is mounted there.
    struct Identity {
        std::uint64_t device = 0, inode = 0, mount = 0;
        friend bool operator==(const Identity&, const Identity&) = default;
    };
    const Identity& identity() const noexcept { return identity_; }
    int descriptor() const noexcept { return fd_.get(); }
    const std::string& path() const noexcept { return path_; }  // as configured

private:
    UniqueFd open_beneath(const std::string& path, const std::string& shown) const;
    SharePath real_path_of(int fd, const SharePath& said) const;

    std::string path_;
    UniqueFd fd_;
    std::string real_;  // of the root, after all links
    Identity identity_;
};

}  // namespace hammertrack
