// Follower: the thread behind FileSource.
//
// Owner: FileSource. Threads: its own for the file; the functions marked *any* from everywhere.
#pragma once

#include "core/source/backoff.hpp"
#include "core/source/file/file_cursor.hpp"
#include "core/source/file/file_source.hpp"
#include "core/source/file/followed_file.hpp"
#include "core/source/file/line_splitter.hpp"
#include "core/source/file/rotation.hpp"
#include "core/source/gap_times.hpp"
#include "core/source/status_board.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace foley::core {

class FileSource::Follower {
public:
    Follower(FileSourceOptions options, SourceContext context);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    const FileSourceOptions& options() const noexcept { return options_; }  // any
    void start();
    void stop();  // any
    void join();
    void pause(bool paused);                              // any
    SourceStatus status() const { return board_.get(); }  // any

private:
    void run() noexcept;
    void follow();
    bool load_cursor();
    // Does what there is to do now. True: there is more to do at once.
    bool step();
    bool find_file();
    void begin(FollowedFile file, std::uint64_t generation, std::uint64_t offset,
               std::optional<std::string> gap = std::nullopt);
    std::optional<FollowedFile> find_renamed() const;
    std::uint64_t end_of_last_line(const FollowedFile& file) const;
    bool rewritten() const;
    bool holds(std::uint64_t offset, std::span<const char> bytes) const;
    bool read_more();
    void take_line(const LineSplitter::Line& line);
    void hand_over();
    void note_place();
    bool turn_to_next_file();
    bool is_finished(const Sibling& sibling) const;
    void put_aside(std::string text, std::uint64_t offset, const std::string& reason);
    std::string place(std::uint64_t offset) const;

    void wait(std::chrono::milliseconds delay);
    bool stopping() const;
    void log(int level, const std::string& text) const;

    const FileSourceOptions options_;
    const SourceContext context_;
    StatusBoard board_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;  // guarded by mutex_, as the next two
    bool paused_ = false;
    bool woken_ = false;

    // Only on the reading thread.
    std::optional<FileCursor> cursor_;
    std::optional<FollowedFile> file_;
    LineSplitter lines_;
    std::uint64_t generation_ = 1;
    std::uint64_t marked_ = 0;  // up to here the appender has it
    std::string before_;        // what was read there
    Appender::Entry batch_;
    std::size_t batch_bytes_ = 0;
    std::optional<SteadyTime> replaced_since_;  // another file stands at the path, and this one has not grown since
    std::optional<SteadyTime> seen_in_place_;   // when this one still stood at the path
    std::optional<FileKey> successor_;          // the one that was seen to take its place
    FileTime begun_{};                          // when the reading of this one began
    GapTimes gap_times_;
    bool waited_for_file_ = false;  // it was not there: whatever appears is new
    std::string last_trouble_;

    std::unique_ptr<Appender> appender_;
    std::thread thread_;
};

}  // namespace foley::core
