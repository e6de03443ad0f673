// FileLock: an exclusive lock of this process on a whole file. It belongs to the process: a forked child does not
// inherit it, and it ends with the process, however that ends. Closing any other descriptor of the same file in this
// process also drops it, so the locked file is opened once.
#pragma once

#include "core/os/unique_fd.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

namespace foley::core {

class FileLock {
public:
    // Nothing when another process holds it. Throws std::system_error when the file cannot be opened or made.
    static std::optional<FileLock> try_take(const std::filesystem::path& file);
    // The same on a descriptor that the caller opened for writing and keeps; nothing when another process holds it.
    static bool try_take(int fd);
    static void release(int fd);
    // Who holds the lock of this file; nothing when nobody does. 0: a process that this one cannot see.
    static std::optional<int> holder(int fd);

private:
    explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

}  // namespace foley::core
