// OutputLines: reads one pipe of a child and gives its text line by line.
//
// Owner: the host's session. Thread: that of `io`. A line over 16 KiB is given in pieces.
#pragma once

#include "core/os/unique_fd.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <string>

namespace foley::core {

class OutputLines {
public:
    using Handler = std::function<void(const std::string& line)>;
    OutputLines(boost::asio::io_context& io, UniqueFd pipe);

    // `keep` is held while a read is in flight; the handler lives in what it keeps.
    void read(std::shared_ptr<void> keep, Handler handler);
    // After the child's end: everything that is in the pipe now, and the last line without its end. What the child left
    // running may still hold the pipe, so its end is not waited for.
    void drain();
    void close();

private:
    void wait(std::shared_ptr<void> keep);
    // Reads up to `limit` bytes; false at the end of the pipe.
    bool take(std::size_t limit);
    void emit(std::string line);

    boost::asio::posix::stream_descriptor pipe_;
    Handler handler_;
    std::string partial_;
};

}  // namespace foley::core
