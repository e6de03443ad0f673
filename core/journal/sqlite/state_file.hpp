// The file beside the journal that only one process at a time may hold, and what is known of the file system below it.
#pragma once

#include "core/event/types.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

namespace foley::core {

// Holds `<journal>.lock` while it lives. The lock is bound to the open file, so a second object in the same process is
// refused as well. The file stays when the lock goes; its text is the holder's process id.
class JournalLock {
public:
    // Throws JournalError::locked, naming the holder, or unavailable when the file cannot be opened.
    explicit JournalLock(const std::filesystem::path& journal);
    ~JournalLock();
    JournalLock(const JournalLock&) = delete;
    JournalLock& operator=(const JournalLock&) = delete;

private:
    int fd_ = -1;
};

// The name of a file system that is shared over a network, by its number in statfs; nothing for a local one.
std::optional<std::string_view> network_file_system(long type) noexcept;

// Throws JournalError::incompatible when the directory lies on one: SQLite's shared memory does not work there.
void refuse_network_file_system(const std::filesystem::path& directory);

}  // namespace foley::core
