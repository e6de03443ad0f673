// StateDirectory: the folder of all that must survive, held by one daemon at a time.
#pragma once

#include "core/os/unique_fd.hpp"

#include <filesystem>
#include <stdexcept>

namespace foley::core {

// Another foleyd holds the directory; what() names its process.
class AlreadyRunning : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class StateDirectory {
public:
    // Makes the directory when it is missing and locks it. Throws AlreadyRunning, or std::runtime_error with a
    // sentence.
    explicit StateDirectory(const std::filesystem::path& path);

private:
    UniqueFd lock_;
};

}  // namespace foley::core
