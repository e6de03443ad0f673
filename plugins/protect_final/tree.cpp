#include "protect_final/tree.hpp"

#include "protect_final/frames.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace protect_final {
namespace {

constexpr std::size_t kDeepest = 128;       // folders; each holds descriptors open
constexpr std::size_t kReasons = 3;         // that are kept
constexpr std::size_t kProgressEach = 500;  // entries
constexpr mode_t kModeBits = 07777;

class Handle {
public:
    explicit Handle(int descriptor) : descriptor_(descriptor) {}
    Handle(Handle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~Handle() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    explicit operator bool() const noexcept { return descriptor_ >= 0; }
    int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

bool is_away(int error) {
    switch (error) {
        case ESTALE:
        case EIO:
        case ENOTCONN:
        case ENODEV:
        case ENXIO:
        case ETIMEDOUT:
        case EHOSTDOWN:
        case EHOSTUNREACH:
            return true;
        default:
            return false;
    }
}

std::string text_of(int error) {
    return std::generic_category().message(error);
}

// What a failed call means where the entry itself is not the reason.
void throw_if_away(int error, const std::string& path) {
    if (is_away(error))
        throw TreeAway(fmt::format("{}: {}. Is the share mounted, and does it answer?", path, text_of(error)));
}

// Closes with the object.
struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

Folder open_folder(int at) {
    const int readable = ::openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (readable < 0) return nullptr;
    Folder folder(::fdopendir(readable));
    if (!folder) ::close(readable);
    return folder;
}

// The next name that is neither "." nor ".."; nothing at the end.
std::optional<std::string> next_name(DIR* folder, const std::string& path) {
    for (;;) {
        errno = 0;
        const auto* entry = ::readdir(folder);
        if (entry == nullptr) {
            const int error = errno;
            throw_if_away(error, path);
            return std::nullopt;
        }
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) return entry->d_name;
    }
}

// One change, from the root down.
class Walk {
public:
    Walk(const Location& location, ModeChange mode, const Tree::Options& options)
        : location_(location), mode_(mode), options_(options), root_(location.root.string()) {}

    TreeReport run() {
        auto at = open_root();
        std::string path = root_;
        for (std::size_t i = 0; i + 1 < location_.steps.size(); ++i) {
            path.append("/").append(location_.steps[i]);
            at = enter(at.get(), location_.steps[i], path);
            if (!at) return report_;
        }
        const auto& last = location_.steps.back();
        if (auto entry = open_entry(at.get(), last, path + "/" + last)) {
            struct stat status {};
            if (::fstat(entry.get(), &status) != 0) return report_;
            if (S_ISLNK(status.st_mode)) refuse_link(path + "/" + last);
            report_.found = true;
            visit(std::move(entry), path + "/" + last, 0, status.st_dev);
        } else if (const auto frames = Frames::of(last)) {
            sequence(at.get(), *frames, path);
        }
        return report_;
    }

private:
    [[noreturn]] static void refuse_link(const std::string& path) {
        throw PathRefused(fmt::format("{} is a symbolic link, and links are not followed.", path));
    }

    Handle open_root() const {
        Handle root(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!root) throw TreeAway(fmt::format("the root {}: {}. Is the share mounted?", root_, text_of(errno)));
        struct stat here {};
        struct stat above {};
        if (options_.mounted && (::fstat(root.get(), &here) != 0 || ::fstatat(root.get(), "..", &above, 0) != 0 ||
                                 here.st_dev == above.st_dev))
            throw TreeAway(fmt::format("nothing is mounted at the root {}.", root_));
        const auto folder = open_folder(root.get());
        if (!folder) throw TreeAway(fmt::format("the root {}: {}.", root_, text_of(errno)));
        if (!next_name(folder.get(), root_))
            throw TreeAway(fmt::format("the root {} is empty, as where nothing is mounted.", root_));
        return root;
    }

    // Nothing when there is no such entry.
    Handle open_entry(int at, const std::string& name, const std::string& path) const {
        Handle entry(::openat(at, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (entry) return entry;
        const int error = errno;
        throw_if_away(error, path);
        if (error == EACCES)
            throw PathRefused(
                fmt::format("{}: {}. Foley's user must be able to enter the folder.", path, text_of(error)));
        if (error != ENOENT && error != ENOTDIR) throw PathRefused(fmt::format("{}: {}.", path, text_of(error)));
        return entry;
    }

    Handle enter(int at, const std::string& name, const std::string& path) const {
        auto entry = open_entry(at, name, path);
        struct stat status {};
        if (entry && ::fstat(entry.get(), &status) == 0 && S_ISLNK(status.st_mode)) refuse_link(path);
        return entry;
    }

    void sequence(int at, const Frames& frames, const std::string& path) {
        const auto folder = open_folder(at);
        if (!folder) return;
        struct stat status {};
        if (::fstat(at, &status) != 0) return;
        while (const auto name = next_name(folder.get(), path)) {
            if (!frames.fits(*name)) continue;
            report_.found = true;
            if (auto entry = open_entry(at, *name, path + "/" + *name))
                visit(std::move(entry), path + "/" + *name, 0, status.st_dev);
        }
    }

    void visit(Handle entry, const std::string& path, std::size_t depth, dev_t device) {
        struct stat status {};
        if (::fstat(entry.get(), &status) != 0) return;
        if (S_ISLNK(status.st_mode)) {
            ++report_.links;
            return;
        }
        const bool folder = S_ISDIR(status.st_mode);
        if ((!folder && !S_ISREG(status.st_mode)) || status.st_dev != device) return;
        if (++seen_ % kProgressEach == 0 && options_.progress) options_.progress(path);
        // A folder that is made writeable must be so first, one that is made read-only last: then what is interrupted
        // can go on.
        if (folder && mode_.add == 0) descend(entry, path, depth, device);
        change(entry, path, status.st_mode & kModeBits);
        if (folder && mode_.add != 0) descend(entry, path, depth, device);
    }

    void descend(const Handle& at, const std::string& path, std::size_t depth, dev_t device) {
        if (depth >= kDeepest) throw PathRefused(fmt::format("{} is nested too deeply.", path));
        const auto folder = open_folder(at.get());
        if (!folder) {
            const int error = errno;
            throw_if_away(error, path);
            refuse(path, error);
            return;
        }
        while (const auto name = next_name(folder.get(), path)) {
            auto below = path;
            below.append("/").append(*name);
            if (auto entry = open_entry(at.get(), *name, below)) visit(std::move(entry), below, depth + 1, device);
        }
    }

    void change(const Handle& entry, const std::string& path, mode_t mode) {
        const mode_t wanted = (mode & ~mode_.remove) | mode_.add;
        if (wanted == mode) {
            ++report_.unchanged;
            return;
        }
        // The descriptor only names the entry, so the change goes by its name in /proc: to this very one, whatever has
        // the path by now.
        const auto name = fmt::format("/proc/self/fd/{}", entry.get());
        if (options_.dry_run || ::chmod(name.c_str(), wanted) == 0) {
            ++report_.changed;
            return;
        }
        const int error = errno;
        throw_if_away(error, path);
        refuse(path, error);
    }

    void refuse(const std::string& path, int error) {
        ++report_.refused;
        if (report_.reasons.size() < kReasons) report_.reasons.push_back(fmt::format("{}: {}", path, text_of(error)));
    }

    const Location& location_;
    ModeChange mode_;
    const Tree::Options& options_;
    std::string root_;
    TreeReport report_;
    std::size_t seen_ = 0;
};

}  // namespace

TreeReport Tree::change(const Location& location, ModeChange mode) const {
    return Walk(location, mode, options_).run();
}

}  // namespace protect_final
