// FileWatcher: says that something in a watched directory changed, by inotify. It does not say what: the caller looks
// for itself, which is right also after events were lost. Network file systems send nothing; rescan those.
//
// Owner: one. Threads: watch, forget and watched may be called from any, but not while it is destroyed; watch follows
// the path on the caller's thread, which a dead mount can keep for ever, and holds nothing that the others need
// meanwhile. The handler is called on the thread of `io`, once per directory for a burst of changes. Throws:
// std::system_error from the constructor and from watch.
#pragma once

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <set>

namespace foley::core {

class FileWatcher {
public:
    using Handler = std::function<void(const std::filesystem::path& directory)>;
    FileWatcher(boost::asio::io_context& io, Handler handler);
    ~FileWatcher();  // the handler is not called afterwards
    FileWatcher(const FileWatcher&) = delete;
    FileWatcher& operator=(const FileWatcher&) = delete;

    // False when there is no such directory now: try again later. A directory that is removed or moved is reported
    // once more and is then no longer watched; watching it again is harmless while it is.
    bool watch(const std::filesystem::path& directory);
    void forget(const std::filesystem::path& directory);
    std::set<std::filesystem::path> watched() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace foley::core
