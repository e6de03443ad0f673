#include "make_folders/folder_tree.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <linux/openat2.h>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace make_folders {
namespace {

constexpr long kAutofs = 0x0187;
constexpr mode_t kUnfinished = 0700;
constexpr int kResolveAttempts = 8;  // of EAGAIN: something was renamed while the kernel looked

class Descriptor {
public:
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }

private:
    int fd_;
};

std::string reason(int error) {
    return std::generic_category().message(error);
}

[[noreturn]] void fail(int error, const char* did, const std::string& path) {
    const auto sentence = fmt::format("{} cannot be {}: {}", path, did, reason(error));
    switch (error) {
        case EACCES:
        case EPERM:
            throw FolderRefused(sentence + ". Foley's user needs the right to do that.");
        case EEXIST:
        case ENOTDIR:
            throw FolderRefused(fmt::format("{} is no folder, so none can be made there. Move away what it is.", path));
        case EXDEV:
            throw FolderRefused(fmt::format("{} leads out of the root by a symbolic link.", path));
        case ELOOP:
        case ENAMETOOLONG:
        case EINVAL:
        case EILSEQ:
        case EMLINK:
            throw FolderRefused(sentence + ".");
        default:
            throw TreeAway(sentence + ".");
    }
}

// A folder beneath `root`, whatever links lie on the way, as long as they stay there. -1 and errno otherwise.
int open_beneath(int root, const std::string& path) {
    struct open_how how {};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    int fd = -1;
    for (int attempt = 0; attempt < kResolveAttempts; ++attempt) {
        fd = static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
        if (fd >= 0 || errno != EAGAIN) break;
    }
    if (fd >= 0 || errno != ENOSYS) return fd;
    // An old kernel, or a sandbox that does not know the call: step by step, and no link at all.
    Descriptor at(::openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    std::string_view left = path;
    while (at && !left.empty()) {
        const auto slash = left.find('/');
        const std::string name(left.substr(0, slash));
        at = Descriptor(::openat(at.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
        left.remove_prefix(slash == std::string_view::npos ? left.size() : slash + 1);
    }
    return at ? ::fcntl(at.get(), F_DUPFD_CLOEXEC, 0) : -1;
}

Descriptor open_root(const std::string& path) {
    Descriptor root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root) throw TreeAway(fmt::format("The root {} cannot be opened: {}. Is it mounted?", path, reason(errno)));
    return root;
}

bool is_empty(const std::string& path) {
    struct Close {
        void operator()(DIR* folder) const noexcept { ::closedir(folder); }
    };
    const std::unique_ptr<DIR, Close> folder(::opendir(path.c_str()));
    if (!folder) throw TreeAway(fmt::format("The root {} cannot be read: {}.", path, reason(errno)));
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") return false;
    }
    return true;
}

bool is_mount_point(const std::string& path) {
    // Opened for real, so that an automounter mounts.
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) throw TreeAway(fmt::format("{} cannot be opened: {}. Is it mounted?", path, reason(errno)));
    struct statfs system {};
    if (::fstatfs(folder.get(), &system) == 0 && static_cast<long>(system.f_type) == kAutofs) return false;
    struct statx status {};
    if (::statx(folder.get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) == 0 &&
        (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0)
        return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    struct stat self {
    }, above{};
    if (::fstat(folder.get(), &self) != 0 || ::fstatat(folder.get(), "..", &above, 0) != 0) fail(errno, "read", path);
    return self.st_dev != above.st_dev || self.st_ino == above.st_ino;
}

// Owner before mode: a change of the owner takes the set-group bit away.
void give_rights(const Descriptor& folder, const Rights& rights, const std::string& path) {
    if ((rights.owner || rights.group) && ::fchown(folder.get(), rights.owner.value_or(static_cast<uid_t>(-1)),
                                                   rights.group.value_or(static_cast<gid_t>(-1))) != 0)
        fail(errno, "given its owner and group", path);
    mode_t mode = 0;
    if (rights.mode) {
        mode = *rights.mode;
    } else {
        mode = ::umask(0);
        ::umask(mode);
        mode = 0777 & ~mode;
    }
    if (::fchmod(folder.get(), mode) != 0) fail(errno, "given its mode", path);
}

// Whether a folder looks as one does between its making and its rights, and is ours.
bool is_unfinished(int parent, const std::string& name, const Rights& rights) {
    if (!rights.any() || rights.mode == kUnfinished) return false;
    struct stat status {};
    return ::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode) &&
           (status.st_mode & 07777) == kUnfinished && status.st_uid == ::geteuid() && status.st_nlink <= 2;
}

// True when it was not there.
bool make_one(int parent, const std::string& name, const Rights& rights, const std::string& shown) {
    const bool made = ::mkdirat(parent, name.c_str(), rights.any() ? kUnfinished : 0777) == 0;
    if (!made && errno != EEXIST) fail(errno, "made", shown);
    if (!rights.any() || (!made && !is_unfinished(parent, name, rights))) return made;
    const Descriptor folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) fail(errno, "opened", shown);
    try {
        give_rights(folder, rights, shown);
    } catch (...) {
        if (made) ::unlinkat(parent, name.c_str(), AT_REMOVEDIR);
        throw;
    }
    return made;
}

}  // namespace

void FolderTree::check() const {
    open_root(root_);
    if (!mount_.empty()) {
        if (!is_mount_point(mount_)) throw TreeAway(fmt::format("Nothing is mounted at {}.", mount_));
    } else if (is_empty(root_)) {
        throw TreeAway(
            fmt::format("The root {} is empty, as a mount point is when nothing is mounted there. Name the setting "
                        "mount, or make any file in it.",
                        root_));
    }
}

std::vector<std::string> FolderTree::make(const std::string& path, const Rights& rights, bool pretend) const {
    const Descriptor root = open_root(root_);
    Descriptor parent(::openat(root.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!parent) fail(errno, "opened", root_);
    std::vector<std::string> made;
    for (std::size_t end = 0; end != std::string::npos;) {
        const std::size_t start = end == 0 ? 0 : end + 1;
        end = path.find('/', start);
        const std::string so_far = path.substr(0, end);
        const std::string shown = fmt::format("{}/{}", root_, so_far);
        if (pretend) {
            const Descriptor there(open_beneath(root.get(), so_far));
            if (!there && errno != ENOENT) fail(errno, "opened", shown);
            if (!there) made.push_back(so_far);
            continue;
        }
        if (make_one(parent.get(), path.substr(start, end == std::string::npos ? end : end - start), rights, shown))
            made.push_back(so_far);
        parent = Descriptor(open_beneath(root.get(), so_far));
        if (!parent) fail(errno, "opened", shown);
    }
    return made;
}

bool FolderTree::has(const std::string& path) const {
    const Descriptor root = open_root(root_);
    if (Descriptor(open_beneath(root.get(), path))) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    fail(errno, "looked for", fmt::format("{}/{}", root_, path));
}

}  // namespace make_folders
