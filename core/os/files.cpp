#include "core/os/files.hpp"

#include "core/os/system_error.hpp"
#include "core/os/unique_fd.hpp"

#include <cstdio>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
    const UniqueFd fd = open_file(path.string(), O_RDONLY);
    std::string content;
    constexpr std::size_t kChunk = 65536;
    for (;;) {
        const std::size_t had = content.size();
        content.resize(had + kChunk);
        const ssize_t got = ::read(fd.get(), content.data() + had, kChunk);
        content.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got < 0 && errno != EINTR) throw_errno("cannot read " + path.string());
        if (content.size() > limit) throw_errno(path.string() + " is larger than expected", EFBIG);
        if (got == 0) return content;
    }
}

void write_all(int fd, std::string_view content, const std::string& name) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_errno("cannot write " + name);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content, Durability durability,
                           unsigned mode) {
    std::string temporary = path.string() + ".XXXXXX";
    UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) throw_errno("cannot make a temporary file beside " + path.string());
    try {
        if (::fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) throw_errno("cannot set the mode of " + temporary);
        write_all(fd.get(), content, temporary);
        if (durability == Durability::synced && ::fsync(fd.get()) != 0) throw_errno("cannot sync " + temporary);
        if (::rename(temporary.c_str(), path.c_str()) != 0) {
            throw_errno("cannot rename " + temporary + " to " + path.string());
        }
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    if (durability == Durability::synced) {
        sync_directory(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
    }
}

void sync_directory(const std::filesystem::path& directory) {
    const UniqueFd fd = open_file(directory.string(), O_RDONLY | O_DIRECTORY);
    if (::fsync(fd.get()) != 0) throw_errno("cannot sync the directory " + directory.string());
}

}  // namespace foley::core
