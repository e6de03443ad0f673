// LogFile: a file that lines are appended to, rotated by its size: NAME, NAME.1, NAME.2 …
//
// A line is written whole or not at all: what a full disk or a crash left half-written is taken away again. Who moves
// the file away (logrotate) gets a new one with the next line.
//
// Owner: Service. Thread: one at a time. Throws: std::system_error with the operation and the path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace log_events {

class LogFile {
public:
    struct Limits {
        std::uint64_t size = 0;  // bytes after which a new file begins
        std::int64_t keep = 0;   // old files
        bool sync = false;       // each line is on the disk before the event counts as handled
        bool unique = false;     // no two events have the same line
    };
    // Opens nothing yet.
    LogFile(std::filesystem::path path, Limits limits);
    ~LogFile();
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;

    // `text` without the line break at its end. False, where lines are unique: it is the last line of the file already,
    // written just before a crash, since when the event has come again.
    bool append(std::string_view text);

private:
    void open();
    void close() noexcept;
    bool is_still_there() const;
    void mend();
    void rotate();
    [[noreturn]] void fail(const char* operation, const std::filesystem::path& path) const;

    std::filesystem::path path_;
    Limits limits_;
    int file_ = -1;
    std::uint64_t size_ = 0;
    std::string last_;  // line of the file, as it was found
};

}  // namespace log_events
