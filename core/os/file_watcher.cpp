#include "core/os/file_watcher.hpp"

#include "core/os/system_error.hpp"
#include "core/os/unique_fd.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <set>

#include <sys/inotify.h>

namespace foley::core {
namespace {

constexpr std::uint32_t kChanges = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_TO | IN_MOVED_FROM |
                                   IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

int make_inotify() {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) throw_errno("cannot watch directories (inotify)");
    return fd;
}

}  // namespace

class FileWatcher::Impl : public std::enable_shared_from_this<FileWatcher::Impl> {
public:
    Impl(boost::asio::io_context& io, Handler handler) : inotify_(io, make_inotify()), handler_(std::move(handler)) {}

    bool watch(const std::filesystem::path& directory) {
        const int id = ::inotify_add_watch(inotify_.native_handle(), directory.c_str(), kChanges);
        if (id < 0) {
            if (errno == ENOENT || errno == ENOTDIR) return false;
            throw_errno("cannot watch " + directory.string());
        }
        // A change before this line is not heard of; the caller looks after watching.
        const std::lock_guard lock(mutex_);
        directories_[id] = directory;
        return true;
    }

    void forget(const std::filesystem::path& directory) {
        const std::lock_guard lock(mutex_);
        for (auto it = directories_.begin(); it != directories_.end();) {
            if (it->second != directory) {
                ++it;
                continue;
            }
            ::inotify_rm_watch(inotify_.native_handle(), it->first);
            it = directories_.erase(it);
        }
    }

    std::set<std::filesystem::path> watched() const {
        const std::lock_guard lock(mutex_);
        std::set<std::filesystem::path> all;
        for (const auto& [id, directory] : directories_)
            all.insert(directory);
        return all;
    }

    void read() {
        inotify_.async_read_some(boost::asio::buffer(buffer_),
                                 [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
                                     if (error || !self->handler_) return;
                                     self->report(size);
                                     if (self->handler_) self->read();
                                 });
    }

    void close() {
        handler_ = nullptr;
        boost::system::error_code ignored;
        inotify_.close(ignored);
    }

private:
    void report(std::size_t size) {
        std::set<std::filesystem::path> changed;
        for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
            inotify_event event{};
            std::memcpy(&event, buffer_.data() + at, sizeof event);
            at += sizeof event + event.len;
            note(event, changed);
        }
        const Handler handler = handler_;  // stays alive when the watcher is destroyed inside it
        for (const auto& directory : changed) {
            if (handler_) handler(directory);
        }
    }

    void note(const inotify_event& event, std::set<std::filesystem::path>& changed) {
        const std::lock_guard lock(mutex_);
        if ((event.mask & IN_Q_OVERFLOW) != 0) {  // events were lost: everything may have changed
            for (const auto& [id, directory] : directories_)
                changed.insert(directory);
            return;
        }
        const auto found = directories_.find(event.wd);
        if (found == directories_.end()) return;
        changed.insert(found->second);
        if ((event.mask & IN_MOVE_SELF) != 0) ::inotify_rm_watch(inotify_.native_handle(), event.wd);
        if ((event.mask & (IN_IGNORED | IN_MOVE_SELF)) != 0) directories_.erase(found);
    }

    boost::asio::posix::stream_descriptor inotify_;
    Handler handler_;
    mutable std::mutex mutex_;
    std::map<int, std::filesystem::path> directories_;  // under mutex_
    std::array<char, 16384> buffer_{};
};

FileWatcher::FileWatcher(boost::asio::io_context& io, Handler handler)
    : impl_(std::make_shared<Impl>(io, std::move(handler))) {
    impl_->read();
}

FileWatcher::~FileWatcher() {
    impl_->close();
}

bool FileWatcher::watch(const std::filesystem::path& directory) {
    return impl_->watch(directory);
}

void FileWatcher::forget(const std::filesystem::path& directory) {
    impl_->forget(directory);
}

std::set<std::filesystem::path> FileWatcher::watched() const {
    return impl_->watched();
}

}  // namespace foley::core
