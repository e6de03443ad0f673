// TemporaryDirectory: a directory that only this user can enter, gone at the end of the scope.
//
// FOLEY_TEST_KEEP=1 keeps it and says where it is. Throws std::system_error.
#pragma once

#include <filesystem>

namespace foley::testing {

class TemporaryDirectory {
public:
    // Below `parent`; empty: below the system's temporary directory. Paths stay short enough for a Unix socket.
    explicit TemporaryDirectory(const std::filesystem::path& parent = {});
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace foley::testing
