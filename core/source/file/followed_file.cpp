#include "core/source/file/followed_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace foley::core {

namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
    throw std::system_error(errno, std::generic_category(), what + " " + path.string());
}

struct stat status_of(int fd, const std::filesystem::path& path) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) fail("looking at", path);
    return status;
}

}  // namespace

FileKey key_of(const struct stat& status) {
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

FileTime changed_of(const struct stat& status) {
    return FileTime(std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec));
}

std::optional<FileKey> file_key(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) return key_of(status);
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    fail("looking at", path);
}

std::optional<FollowedFile> FollowedFile::open(const std::filesystem::path& path) {
    // Not blocking: a pipe of that name would otherwise hold us until someone writes.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        fail("opening", path);
    }
    FollowedFile file(fd, {}, path);
    const auto status = status_of(fd, path);
    if (!S_ISREG(status.st_mode)) {
        errno = EINVAL;
        fail("following something that is not a regular file,", path);
    }
    file.key_ = key_of(status);
    return file;
}

FollowedFile::FollowedFile(FollowedFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), key_(other.key_), path_(std::move(other.path_)) {}

FollowedFile& FollowedFile::operator=(FollowedFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(key_, other.key_);
    std::swap(path_, other.path_);
    return *this;
}

FollowedFile::~FollowedFile() {
    if (fd_ >= 0) ::close(fd_);
}

std::uint64_t FollowedFile::size() const {
    return static_cast<std::uint64_t>(status_of(fd_, path_).st_size);
}

FileTime FollowedFile::changed() const {
    return changed_of(status_of(fd_, path_));
}

std::size_t FollowedFile::read(std::uint64_t offset, std::span<char> bytes) const {
    for (;;) {
        const auto count = ::pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) fail("reading", path_);
    }
}

std::string FollowedFile::before(std::uint64_t offset) const {
    std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(offset, kMarkedBytes)), '\0');
    const auto start = offset - bytes.size();
    std::size_t got = 0;
    while (got < bytes.size()) {
        const auto count = read(start + got, std::span(bytes).subspan(got));
        if (count == 0) break;
        got += count;
    }
    bytes.resize(got);
    return bytes;
}

std::string mark_of(std::string_view bytes) {
    // FNV-1a, 64 bit. Stored in the cursor: never change.
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char byte : bytes) {
        hash ^= static_cast<unsigned char>(byte);
        hash *= 1099511628211ULL;
    }
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4)
        out += kDigits[(hash >> static_cast<unsigned>(shift)) & 0xfU];
    return out + ":" + std::to_string(bytes.size());
}

}  // namespace foley::core
