#include "fuse_operations.hpp"

#include "mounted_share.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace foley::sites {
namespace {

// Handles of virtual files; those of real files are descriptors.
constexpr std::uint64_t kVirtual = ~std::uint64_t{0};

MountedShare& share() {
    return *static_cast<MountedShare*>(::fuse_get_context()->private_data);
}

const char* relative(const char* path) noexcept {
    return path + 1;
}

std::string backing(const char* path) {
    return (share().backing() / relative(path)).string();
}

bool is_control(const char* path) noexcept {
    return std::strcmp(relative(path), kControlFile) == 0;
}

bool is_gateway(const char* path) noexcept {
    return is_gateway_path(relative(path));
}

int result_of(int result) noexcept {
    return result < 0 ? -errno : 0;
}

int copy_out(const std::string& text, char* buffer, std::size_t size, off_t offset) {
    if (offset < 0 || static_cast<std::size_t>(offset) >= text.size()) return 0;
    const auto count = std::min(size, text.size() - static_cast<std::size_t>(offset));
    return static_cast<int>(text.copy(buffer, count, static_cast<std::size_t>(offset)));
}

void virtual_attributes(struct stat& status, std::size_t size, mode_t mode) noexcept {
    status = {};
    status.st_mode = S_IFREG | mode;
    status.st_nlink = 1;
    status.st_uid = ::fuse_get_context()->uid;
    status.st_gid = ::fuse_get_context()->gid;
    status.st_size = static_cast<off_t>(size);
}

int get_attributes(const char* path, struct stat* status, fuse_file_info*) {
    if (is_control(path)) {
        virtual_attributes(*status, share().state_json().size(), 0666);
        return 0;
    }
    if (is_gateway(path)) {
        const auto size = share().gateway().size(relative(path));
        if (!size) return -ENOENT;
        virtual_attributes(*status, *size, 0666);
        return 0;
    }
    return result_of(::lstat(backing(path).c_str(), status));
}

int open_virtual(fuse_file_info* info) noexcept {
    info->direct_io = 1;
    info->fh = kVirtual;
    return 0;
}

int open_file(const char* path, fuse_file_info* info) {
    const bool writing = (info->flags & O_ACCMODE) != O_RDONLY;
    if (is_control(path)) return open_virtual(info);
    if (is_gateway(path)) {
        const int result = share().gateway().open(relative(path), writing, (info->flags & O_TRUNC) != 0);
        return result < 0 ? result : open_virtual(info);
    }
    const int fd = ::open(backing(path).c_str(), info->flags | O_CLOEXEC);
    if (fd < 0) return -errno;
    info->fh = static_cast<std::uint64_t>(fd);
    return 0;
}

int create_file(const char* path, mode_t mode, fuse_file_info* info) {
    if (is_gateway(path)) {
        struct stat folder {};
        if (::stat(std::filesystem::path(backing(path)).parent_path().c_str(), &folder) != 0) return -errno;
        const int result = share().gateway().create(relative(path));
        return result < 0 ? result : open_virtual(info);
    }
    const int fd = ::open(backing(path).c_str(), info->flags | O_CREAT | O_CLOEXEC, mode);
    if (fd < 0) return -errno;
    info->fh = static_cast<std::uint64_t>(fd);
    return 0;
}

int read_file(const char* path, char* buffer, std::size_t size, off_t offset, fuse_file_info* info) {
    if (is_control(path)) return copy_out(share().state_json(), buffer, size, offset);
    if (is_gateway(path)) return share().gateway().read(relative(path), buffer, size, static_cast<std::size_t>(offset));
    const auto count = ::pread(static_cast<int>(info->fh), buffer, size, offset);
    return count < 0 ? -errno : static_cast<int>(count);
}

int write_file(const char* path, const char* bytes, std::size_t size, off_t offset, fuse_file_info* info) {
    if (is_control(path)) return share().control(std::string(bytes, size)).empty() ? static_cast<int>(size) : -EINVAL;
    if (is_gateway(path)) {
        return share().gateway().write(relative(path), {bytes, size}, static_cast<std::size_t>(offset));
    }
    const auto count = ::pwrite(static_cast<int>(info->fh), bytes, size, offset);
    return count < 0 ? -errno : static_cast<int>(count);
}

int truncate_file(const char* path, off_t size, fuse_file_info*) {
    if (is_control(path)) return 0;
    if (is_gateway(path)) return share().gateway().truncate(relative(path), static_cast<std::size_t>(size));
    return result_of(::truncate(backing(path).c_str(), size));
}

int flush_file(const char* path, fuse_file_info*) {
    return is_gateway(path) ? share().gateway().flush(relative(path)) : 0;
}

int release_file(const char*, fuse_file_info* info) {
    if (info->fh != kVirtual) ::close(static_cast<int>(info->fh));
    return 0;
}

// Labels belong to inodes: one that is gone must not hand its labels to the next file that gets its number.
void forget_if_last(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    if (S_ISDIR(status.st_mode) || status.st_nlink == 1) share().model().forget(status.st_dev, status.st_ino);
}

int remove_file(const char* path) {
    if (is_gateway(path)) return share().gateway().remove(relative(path));
    const std::string real = backing(path);
    struct stat status {};
    const bool last = ::lstat(real.c_str(), &status) == 0 && status.st_nlink == 1;
    const int result = result_of(::unlink(real.c_str()));
    if (result == 0 && last) share().model().forget(status.st_dev, status.st_ino);
    return result;
}

int remove_folder(const char* path) {
    const std::string real = backing(path);
    struct stat status {};
    const bool there = ::lstat(real.c_str(), &status) == 0;
    const int result = result_of(::rmdir(real.c_str()));
    if (result == 0 && there) share().model().forget(status.st_dev, status.st_ino);
    return result;
}

int rename_entry(const char* from, const char* to, unsigned flags) {
    if (flags != 0 || is_gateway(from) || is_gateway(to)) return -EINVAL;
    forget_if_last(backing(to));
    return result_of(::rename(backing(from).c_str(), backing(to).c_str()));
}

int make_folder(const char* path, mode_t mode) {
    return result_of(::mkdir(backing(path).c_str(), mode));
}

int make_link(const char* target, const char* path) {
    return result_of(::symlink(target, backing(path).c_str()));
}

int make_hard_link(const char* from, const char* to) {
    return result_of(::link(backing(from).c_str(), backing(to).c_str()));
}

int read_link(const char* path, char* buffer, std::size_t size) {
    const auto count = ::readlink(backing(path).c_str(), buffer, size - 1);
    if (count < 0) return -errno;
    buffer[count] = '\0';
    return 0;
}

int read_folder(const char* path, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info*, fuse_readdir_flags) {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(backing(path).c_str()), ::closedir);
    if (!folder) return -errno;
    while (const dirent* each = ::readdir(folder.get())) {
        struct stat status {};
        status.st_ino = each->d_ino;
        status.st_mode = static_cast<mode_t>(each->d_type) << 12U;
        if (fill(buffer, &each->d_name[0], &status, 0, fuse_fill_dir_flags{}) != 0) break;
    }
    return 0;
}

int change_mode(const char* path, mode_t mode, fuse_file_info*) {
    if (is_gateway(path) || is_control(path)) return 0;
    return result_of(::chmod(backing(path).c_str(), mode));
}

int change_owner(const char* path, uid_t user, gid_t group, fuse_file_info*) {
    if (is_gateway(path) || is_control(path)) return 0;
    return result_of(::lchown(backing(path).c_str(), user, group));
}

int change_times(const char* path, const struct timespec times[2], fuse_file_info*) {
    if (is_gateway(path) || is_control(path)) return 0;
    return result_of(::utimensat(AT_FDCWD, backing(path).c_str(), times, AT_SYMLINK_NOFOLLOW));
}

int file_system_facts(const char* path, struct statvfs* facts) {
    return result_of(::statvfs(backing(path).c_str(), facts));
}

void* initialise(fuse_conn_info*, fuse_config* config) {
    config->use_ino = 1;
    config->hard_remove = 1;
    config->entry_timeout = 0;
    config->attr_timeout = 0;
    config->negative_timeout = 0;
    return ::fuse_get_context()->private_data;
}

fuse_operations make_operations() noexcept {
    fuse_operations operations{};
    operations.getattr = get_attributes;
    operations.readlink = read_link;
    operations.mkdir = make_folder;
    operations.unlink = remove_file;
    operations.rmdir = remove_folder;
    operations.symlink = make_link;
    operations.rename = rename_entry;
    operations.link = make_hard_link;
    operations.chmod = change_mode;
    operations.chown = change_owner;
    operations.truncate = truncate_file;
    operations.open = open_file;
    operations.read = read_file;
    operations.write = write_file;
    operations.statfs = file_system_facts;
    operations.flush = flush_file;
    operations.release = release_file;
    operations.readdir = read_folder;
    operations.create = create_file;
    operations.utimens = change_times;
    operations.init = initialise;
    return operations;
}

}  // namespace

const fuse_operations& share_operations() noexcept {
    static const fuse_operations operations = make_operations();
    return operations;
}

}  // namespace foley::sites
