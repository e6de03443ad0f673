// FileIdentity: tells whether a file is still the one it was: device, inode, size, and both times. Two identities
// that differ in anything belong to different contents, in whichever direction the times went.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace foley::core {

struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified_ns = 0;  // since 1970
    std::int64_t changed_ns = 0;

    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// Of the file that `path` resolves to. Nothing when there is none; throws std::system_error when that cannot be told.
std::optional<FileIdentity> file_identity(const std::filesystem::path& path);
// Of an open file.
FileIdentity file_identity(int fd);

}  // namespace foley::core
