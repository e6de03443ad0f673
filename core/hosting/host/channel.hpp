// Channel: the host's end of the socket to the daemon.
//
// Sending goes through send(2) under a lock, whole frames at a time, from any thread. A daemon that is gone, or a
// plugin that closed or replaced the descriptor, ends the process here: nothing that a host still did would reach
// anyone.
//
// Owner: main. Thread: send any; the rest the main one.
#pragma once

#include "core/hosting/host/record_writer.hpp"
#include "core/hosting/protocol.hpp"

#include <mutex>
#include <optional>
#include <string_view>

#include <sys/types.h>

namespace foley::core {

class Channel {
public:
    // Takes the inherited socket; `record` outlives the channel. Throws std::system_error when there is none.
    explicit Channel(RecordWriter& record);

    // Blocks while the daemon does not read.
    void send(std::string_view frames);

    // The next frame, waited for. Its body is valid until the next call.
    Frame receive();
    // The next frame that is here already.
    std::optional<Frame> poll();
    // The next frame that was read from the socket already: no system call.
    std::optional<Frame> buffered() { return frames_.next(); }

private:
    // Reads what there is; false when that is nothing and the caller does not want to wait.
    bool read(bool wait);
    void check_descriptor() const;

    RecordWriter& record_;
    std::mutex sending_;
    FrameSplitter frames_{false};
    pid_t process_;
    ino_t inode_;
};

}  // namespace foley::core
