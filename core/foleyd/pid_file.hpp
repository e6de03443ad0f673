// PidFile: a file with the number of this process, for init systems that want one. It appears whole or not at all, and
// goes with the object. One that is left from a daemon that is gone, or whose number another program has now, is
// replaced.
//
// Owner: Daemon. Throws: AlreadyRunning when a foleyd that runs stands in it; std::runtime_error with a sentence when
// it cannot be written.
#pragma once

#include <filesystem>

namespace foley::core {

class PidFile {
public:
    // An empty path: no file.
    explicit PidFile(std::filesystem::path path);
    ~PidFile();  // takes it away, unless another process stands in it by now
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;

private:
    const std::filesystem::path path_;
};

}  // namespace foley::core
