#include "core/hosting/output_lines.hpp"

#include "core/hosting/printable.hpp"

#include <array>

#include <unistd.h>

namespace foley::core {
namespace {

constexpr std::size_t kMaxLine = 16 * 1024;
constexpr std::size_t kPerWake = 64 * 1024;
constexpr std::size_t kAtEnd = 4 * 1024 * 1024;

}  // namespace

OutputLines::OutputLines(boost::asio::io_context& io, UniqueFd pipe) : pipe_(io) {
    set_nonblocking(pipe.get());
    pipe_.assign(pipe.release());
}

void OutputLines::read(std::shared_ptr<void> keep, Handler handler) {
    handler_ = std::move(handler);
    wait(std::move(keep));
}

void OutputLines::wait(std::shared_ptr<void> keep) {
    pipe_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this, keep = std::move(keep)](const boost::system::error_code& error) mutable {
                         if (error || !pipe_.is_open()) return;
                         if (take(kPerWake) && pipe_.is_open()) {
                             wait(std::move(keep));
                         }
                     });
}

void OutputLines::drain() {
    if (pipe_.is_open()) take(kAtEnd);
    if (!partial_.empty()) emit(std::exchange(partial_, {}));
    close();
}

void OutputLines::close() {
    boost::system::error_code ignored;
    pipe_.close(ignored);
}

bool OutputLines::take(std::size_t limit) {
    std::array<char, 8192> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read
    while (limit > 0 && pipe_.is_open()) {
        const ssize_t got = ::read(pipe_.native_handle(), buffer.data(), buffer.size());
        if (got < 0) return errno == EAGAIN || errno == EINTR;
        if (got == 0) return false;
        limit -= std::min(limit, static_cast<std::size_t>(got));
        partial_.append(buffer.data(), static_cast<std::size_t>(got));
        std::size_t start = 0;
        for (std::size_t end = 0; (end = partial_.find('\n', start)) != std::string::npos; start = end + 1) {
            emit(partial_.substr(start, end - start));
        }
        partial_.erase(0, start);
        while (partial_.size() > kMaxLine) {
            const std::size_t cut = utf8_prefix(partial_, kMaxLine).size();
            emit(partial_.substr(0, cut));
            partial_.erase(0, cut);
        }
    }
    return true;
}

void OutputLines::emit(std::string line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (handler_) handler_(printable(line));
}

}  // namespace foley::core
