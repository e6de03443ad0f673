#include "core/foleyd/pid_file.hpp"

#include "core/foleyd/state_directory.hpp"
#include "core/os/files.hpp"

#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

constexpr std::size_t kLongest = 32;

// The number that stands in a file; 0 in one that is missing, empty, or no file (a link, which a rename replaces).
// Throws when it holds anything else: then it is not ours to write over.
int number_in(const std::filesystem::path& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size == 0) return 0;
    int number = 0;
    bool good = facts.st_size <= static_cast<off_t>(kLongest);
    if (good) {
        const std::string text = read_file(path, kLongest);
        const char* const last = text.data() + text.size();
        const auto [end, error] = std::from_chars(text.data(), last, number);
        good = error == std::errc() && number > 0 &&
               std::string_view(end, last).find_first_not_of(" \n") == std::string_view::npos;
    }
    if (good) return number;
    throw std::runtime_error("the pid_file " + path.string() +
                             " exists and holds no process number, so it is not written over. Choose another name.");
}

// Numbers are given out again, so the name counts too.
bool is_foleyd(int pid) {
    try {
        return read_file("/proc/" + std::to_string(pid) + "/comm", kLongest) == "foleyd\n";
    } catch (const std::system_error&) {
        return false;
    }
}

}  // namespace

PidFile::PidFile(std::filesystem::path path) : path_(std::move(path)) {
    if (path_.empty()) return;
    const int before = number_in(path_);
    if (before != 0 && before != ::getpid() && is_foleyd(before)) {
        throw AlreadyRunning("another foleyd (process " + std::to_string(before) + ") stands in " + path_.string() +
                             ". End it first, or give this one a pid_file of its own.");
    }
    try {
        write_file_atomically(path_, std::to_string(::getpid()) + "\n", Durability::page_cache, 0644);
    } catch (const std::system_error& error) {
        throw std::runtime_error("the pid_file cannot be written: " + std::string(error.what()) +
                                 ". Its folder must exist and belong to the user that runs foleyd.");
    }
}

PidFile::~PidFile() {
    if (path_.empty()) return;
    try {
        if (number_in(path_) == ::getpid()) ::unlink(path_.c_str());
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it is not ours any more
    }
}

}  // namespace foley::core
