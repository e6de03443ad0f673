// FollowedFile: a file that is being read while others write, rename and truncate it.
//
// Owner: FileSource. Thread: its. Throws: std::system_error that names the file.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace foley::core {

// Which file it is, whatever its name.
struct FileKey {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const FileKey&, const FileKey&) = default;
};

using FileTime = std::chrono::sys_time<std::chrono::nanoseconds>;

FileKey key_of(const struct stat& status);
FileTime changed_of(const struct stat& status);  // when its content was last changed

// Nothing when there is no file of that name now.
std::optional<FileKey> file_key(const std::filesystem::path& path);

// What stands before a place in a file tells whether it is still the same file: written anew, it has other bytes there.
inline constexpr std::size_t kMarkedBytes = 256;
// A short mark of them, for the cursor in the journal: its form never changes.
std::string mark_of(std::string_view bytes);

class FollowedFile {
public:
    // Nothing when there is no file of that name. A folder, a pipe or the like is refused.
    static std::optional<FollowedFile> open(const std::filesystem::path& path);

    FollowedFile(FollowedFile&& other) noexcept;
    FollowedFile& operator=(FollowedFile&& other) noexcept;
    ~FollowedFile();

    const FileKey& key() const noexcept { return key_; }
    const std::filesystem::path& path() const noexcept { return path_; }
    std::uint64_t size() const;
    FileTime changed() const;
    // Up to bytes.size() of them; 0 at the end.
    std::size_t read(std::uint64_t offset, std::span<char> bytes) const;

    // What stands before `offset`, kMarkedBytes at most; shorter when the file ends before.
    std::string before(std::uint64_t offset) const;

private:
    FollowedFile(int fd, FileKey key, std::filesystem::path path) : fd_(fd), key_(key), path_(std::move(path)) {}

    int fd_;
    FileKey key_;
    std::filesystem::path path_;
};

}  // namespace foley::core
