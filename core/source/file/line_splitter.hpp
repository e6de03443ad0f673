// LineSplitter: cuts a stream of bytes into lines, each with its place in the file. A line that is not complete waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace foley::core {

class LineSplitter {
public:
    // A longer line is handed out in pieces, each marked as cut.
    explicit LineSplitter(std::size_t longest) : longest_(longest) {}

    struct Line {
        std::string_view text;     // without its end; valid until the next call
        std::uint64_t offset = 0;  // of its first byte
        bool cut = false;          // longer than allowed: this is a piece of it
    };

    // Starts anew at that place in a file. What waited is gone.
    void restart(std::uint64_t offset) {
        buffer_.clear();
        at_ = 0;
        searched_ = 0;
        offset_ = offset;
    }

    // Room for `size` more bytes; then say how many of them were filled.
    std::span<char> room(std::size_t size) {
        if (at_ > 0) {
            buffer_.erase(0, at_);
            offset_ += at_;
            searched_ -= at_;
            at_ = 0;
        }
        filled_ = buffer_.size();
        buffer_.resize(filled_ + size);
        return std::span(buffer_).subspan(filled_, size);
    }
    void filled(std::size_t count) { buffer_.resize(filled_ + count); }
    void take_back() { filled(0); }  // what was filled last, when none of it was handed out yet

    std::optional<Line> next() {
        const auto end = buffer_.find('\n', searched_);
        if (end == std::string::npos) {
            searched_ = buffer_.size();
            if (buffer_.size() - at_ <= longest_) return std::nullopt;
            return take(buffer_.size(), buffer_.size(), true);
        }
        const auto stop = end > at_ && buffer_[end - 1] == '\r' ? end - 1 : end;
        return take(stop, end + 1, end - at_ > longest_);
    }

    // The line that has no end, when it is certain that none will come.
    std::optional<Line> rest() {
        if (at_ == buffer_.size()) return std::nullopt;
        return take(buffer_.size(), buffer_.size(), false);
    }

    // The bytes that were handed out from that place on, as they were read; valid until the next call.
    std::string_view handed_out_since(std::uint64_t place) const {
        return std::string_view(buffer_).substr(static_cast<std::size_t>(place - offset_),
                                                static_cast<std::size_t>(consumed() - place));
    }
    // The place after the last line that was handed out.
    std::uint64_t consumed() const noexcept { return offset_ + at_; }
    // The place after the last byte that came in.
    std::uint64_t read() const noexcept { return offset_ + buffer_.size(); }

private:
    Line take(std::size_t stop, std::size_t after, bool cut) {
        const Line line{std::string_view(buffer_).substr(at_, stop - at_), offset_ + at_, cut};
        at_ = after;
        searched_ = after;
        return line;
    }

    std::size_t longest_;
    std::string buffer_;
    std::uint64_t offset_ = 0;  // of the buffer's first byte
    std::size_t at_ = 0;        // handed out so far
    std::size_t searched_ = 0;  // no line end between at_ and here
    std::size_t filled_ = 0;
};

}  // namespace foley::core
