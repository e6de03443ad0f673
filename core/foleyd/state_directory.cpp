#include "core/foleyd/state_directory.hpp"

#include "core/os/file_lock.hpp"
#include "core/os/files.hpp"
#include "core/os/system_error.hpp"

#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

void make_directory(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (!error && ::mkdir(path.c_str(), 0750) != 0 && errno != EEXIST) {
        error = std::error_code(errno, std::generic_category());
    }
    if (!error && !std::filesystem::is_directory(path, error) && !error) {
        error = std::make_error_code(std::errc::not_a_directory);
    }
    if (error) {
        throw std::runtime_error("cannot make the state directory " + path.string() + ": " + error.message() +
                                 ". Make it, give it to the user that runs foleyd, or choose another state_dir.");
    }
}

}  // namespace

StateDirectory::StateDirectory(const std::filesystem::path& path) {
    make_directory(path);
    const auto file = path / "foleyd.lock";
    try {
        lock_ = open_file(file.string(), O_RDWR | O_CREAT, 0640);
    } catch (const std::system_error& error) {
        throw std::runtime_error(std::string("the state directory cannot be used: ") + error.what() +
                                 ". It must belong to the user that runs foleyd.");
    }
    if (!FileLock::try_take(lock_.get())) {
        const auto holder = FileLock::holder(lock_.get());
        const std::string who =
            holder && *holder != 0 ? "process " + std::to_string(*holder) : "a process out of sight";
        throw AlreadyRunning("another foleyd (" + who + ") runs on " + path.string() +
                             ". End it first, or give this one a state_dir of its own.");
    }
    // For people who look into the file; the lock is what counts.
    if (::ftruncate(lock_.get(), 0) == 0) write_all(lock_.get(), std::to_string(::getpid()) + "\n", file.string());
}

}  // namespace foley::core
