#include "log_events/log_file.hpp"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace log_events {
namespace {

constexpr std::uint64_t kTail = std::uint64_t{1} << 20U;  // of the file, that is looked through for its last line

}  // namespace

LogFile::LogFile(std::filesystem::path path, Limits limits) : path_(std::move(path)), limits_(limits) {}

LogFile::~LogFile() {
    close();
}

void LogFile::fail(const char* operation, const std::filesystem::path& path) const {
    throw std::system_error(errno, std::generic_category(), std::string(operation) + " " + path.string());
}

void LogFile::close() noexcept {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
}

bool LogFile::is_still_there() const {
    struct stat named {};
    struct stat opened {};
    return ::stat(path_.c_str(), &named) == 0 && ::fstat(file_, &opened) == 0 && named.st_ino == opened.st_ino &&
           named.st_dev == opened.st_dev;
}

void LogFile::open() {
    last_.clear();
    file_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
    if (file_ < 0) fail("opening", path_);
    struct stat status {};
    if (::fstat(file_, &status) != 0) fail("looking at", path_);
    if (!S_ISREG(status.st_mode)) {
        close();
        errno = EINVAL;
        fail("this is no ordinary file:", path_);
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    mend();
}

// What a crash left half-written goes: its event comes again.
void LogFile::mend() {
    const auto begin = size_ > kTail ? size_ - kTail : 0;
    std::string tail(size_ - begin, '\0');
    std::size_t read = 0;
    while (read < tail.size()) {
        const auto got = ::pread(file_, tail.data() + read, tail.size() - read, static_cast<off_t>(begin + read));
        if (got < 0) fail("reading", path_);
        if (got == 0) break;
        read += static_cast<std::size_t>(got);
    }
    tail.resize(read);
    const auto end = tail.rfind('\n');
    if (end == std::string::npos) {
        if (begin > 0 || tail.empty()) return;  // one line of more than the tail: left as it is
        size_ = 0;
    } else {
        size_ = begin + end + 1;
        const auto start = end == 0 ? std::string::npos : tail.rfind('\n', end - 1);
        last_ = start == std::string::npos ? tail.substr(0, end) : tail.substr(start + 1, end - start - 1);
    }
    if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) fail("mending", path_);
}

void LogFile::rotate() {
    close();
    const auto numbered = [&](std::int64_t number) {
        return number == 0 ? path_ : std::filesystem::path(path_.string().append(".") + std::to_string(number));
    };
    if (limits_.keep == 0 && ::unlink(path_.c_str()) != 0 && errno != ENOENT) fail("removing", path_);
    for (auto number = limits_.keep; number > 0; --number) {
        if (::rename(numbered(number - 1).c_str(), numbered(number).c_str()) != 0 && errno != ENOENT)
            fail("rotating", numbered(number - 1));
    }
}

bool LogFile::append(std::string_view text) {
    if (file_ >= 0 && !is_still_there()) close();
    if (file_ < 0) open();
    if (limits_.unique && !last_.empty() && text == last_) return false;
    if (size_ > 0 && size_ + text.size() + 1 > limits_.size) {
        rotate();
        open();
    }
    const std::string line = std::string(text).append("\n");
    std::size_t written = 0;
    while (written < line.size()) {
        const auto put = ::write(file_, line.data() + written, line.size() - written);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            const int error = errno;
            // Opened anew next time, which mends what this cannot.
            if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) errno = error;
            close();
            errno = error;
            fail("writing", path_);
        }
        written += static_cast<std::size_t>(put);
    }
    if (limits_.sync && ::fdatasync(file_) != 0) {
        const int error = errno;
        close();
        errno = error;
        fail("writing to the disk", path_);
    }
    size_ += line.size();
    last_.clear();
    return true;
}

}  // namespace log_events
