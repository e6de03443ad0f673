#include "hammertrack/share_root.hpp"

#include "hammertrack/errors.hpp"

#include <climits>

#include <array>
#include <cerrno>
#include <linux/openat2.h>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace hammertrack {
namespace {

constexpr int kResolveAttempts = 8;  // of EAGAIN: something was renamed while the kernel looked
constexpr std::string_view kDeleted = " (deleted)";

std::string link_of(int fd) {
    std::array<char, PATH_MAX + 1> buffer{};
    const std::string name = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t size = ::readlink(name.c_str(), buffer.data(), buffer.size());
    if (size < 0) throw_share_error(errno, "read", name);
    return {buffer.data(), static_cast<std::size_t>(size)};
}

int open_path(int directory, const std::string& path, std::uint64_t resolve) noexcept {
    struct open_how how {};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = resolve;
    return static_cast<int>(::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how));
}

struct stat stat_of(int fd, const std::string& shown) {
    struct stat status {};
    if (::fstatat(fd, "", &status, AT_EMPTY_PATH) != 0) throw_share_error(errno, "look at", shown);
    return status;
}

}  // namespace

ShareRoot::ShareRoot(const std::string& path)
    : path_(path), fd_(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    const auto away = [&](int error) {
        throw ShareAway("The share's folder " + path + " cannot be opened: " + std::generic_category().message(error) +
                        ". Is it mounted?");
    };
    if (!fd_) away(errno);
    struct statx status {};
    if (::statx(fd_.get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &status) != 0) away(errno);
    identity_.device = (std::uint64_t{status.stx_dev_major} << 32U) | status.stx_dev_minor;
    identity_.inode = status.stx_ino;
    identity_.mount = (status.stx_mask & STATX_MNT_ID) != 0 ? status.stx_mnt_id : 0;
    real_ = link_of(fd_.get());
}

// The kernel keeps the resolution beneath the root. Where it cannot (an absolute link, an old kernel, a seccomp
// filter), the link is followed, and what was opened is judged by where it really is: that cannot be raced either.
UniqueFd ShareRoot::open_beneath(const std::string& path, const std::string& shown) const {
    for (int attempt = 0; attempt < kResolveAttempts; ++attempt) {
        UniqueFd fd(open_path(fd_.get(), path, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS));
        if (fd) return fd;
        if (errno == EAGAIN) continue;
        if (errno != EXDEV && errno != ENOSYS && errno != EPERM) throw_share_error(errno, "find", shown);
        break;
    }
    UniqueFd fd(::openat(fd_.get(), path.c_str(), O_PATH | O_CLOEXEC));
    if (!fd) throw_share_error(errno, "find", shown);
    return fd;
}

SharePath ShareRoot::real_path_of(int fd, const SharePath& said) const {
    const std::string real = link_of(fd);
    const auto refuse = [&](const std::string& why) {
        throw PathRefused("The path \"" + said.text() + "\" is not labelled: " + why);
    };
    if (real.size() > kDeleted.size() && real.compare(real.size() - kDeleted.size(), kDeleted.size(), kDeleted) == 0 &&
        stat_of(fd, said.text()).st_nlink == 0) {
        throw EntryMissing("The path \"" + said.text() + "\" was removed at this moment.");
    }
    if (real == real_) refuse("it leads to the share itself.");
    const std::string inside = real_ == "/" ? real_ : real_ + "/";
    if (real.compare(0, inside.size(), inside) != 0) refuse("it leads out of the share, to " + real + ".");
    return SharePath::relative(real.substr(inside.size()));
}

std::shared_ptr<const ShareEntry> ShareRoot::find(const SharePath& path) const {
    const std::string shown = path_ + "/" + path.text();
    UniqueFd self = open_beneath(path.text(), shown);
    SharePath real = real_path_of(self.get(), path);
    const struct stat status = stat_of(self.get(), shown);
    if (S_ISDIR(status.st_mode)) {
        return std::make_shared<const ShareEntry>(std::move(real), true, std::move(self), UniqueFd());
    }
    if (!S_ISREG(status.st_mode)) {
        throw PathRefused("The path \"" + path.text() + "\" is not labelled: it is neither a file nor a folder.");
    }
    const auto parent = real.parent();
    UniqueFd folder = parent ? open_beneath(parent->text(), shown) : UniqueFd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 3));
    struct stat again {};
    const std::string name(real.name());
    if (::fstatat(folder.get(), name.c_str(), &again, AT_SYMLINK_NOFOLLOW) != 0)
        throw_share_error(errno, "find", shown);
    if (again.st_ino != status.st_ino || again.st_dev != status.st_dev) {
        throw Unsettled("The path \"" + path.text() + "\" was moved at this moment.");
    }
    return std::make_shared<const ShareEntry>(std::move(real), false, std::move(self), std::move(folder));
}

}  // namespace hammertrack
