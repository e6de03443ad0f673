#include "core/source/file/follower.hpp"

#include "core/source/make_event.hpp"

#include <foley/abi.h>

#include <algorithm>
#include <span>
#include <system_error>
#include <utility>

namespace foley::core {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t kChunk = std::size_t{512} << 10;
constexpr std::size_t kLongestLine = std::size_t{64} << 20;  // what is longer is put aside in pieces
constexpr std::size_t kBatchEvents = 500;
constexpr std::size_t kBatchBytes = std::size_t{4} << 20;

// Whether the file reaches that far and has there what the mark was made of.
bool is_at(const FollowedFile& file, std::uint64_t offset, const std::string& before) {
    return file.size() >= offset && mark_of(file.before(offset)) == before;
}

}  // namespace

FileSource::Follower::Follower(FileSourceOptions options, SourceContext context)
    : options_(std::move(options)),
      context_(std::move(context)),
      board_(options_.name, "file", context_.clock),
      lines_(kLongestLine) {
    if (!options_.path.is_absolute())
        throw std::invalid_argument("source '" + options_.name + "': the path must be absolute, not '" +
                                    options_.path.string() + "'");
    board_.change([this](SourceStatus& status) { status.more.emplace_back("path", options_.path.string()); });
}

FileSource::Follower::~Follower() {
    stop();
    join();
}

void FileSource::Follower::log(int level, const std::string& text) const {
    if (context_.log) context_.log(level, text);
}

// ── from other threads ──────────────────────────────────────────────────────────────────────────────────────────────

void FileSource::Follower::start() {
    if (thread_.joinable()) throw std::logic_error("source '" + options_.name + "' runs already");
    appender_ =
        std::make_unique<Appender>(context_.journal, options_.name, options_.queue, board_.reports(context_.log));
    thread_ = std::thread([this] { run(); });
}

void FileSource::Follower::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    if (appender_) appender_->shut();  // the thread may wait for room in the queue
}

void FileSource::Follower::join() {
    if (thread_.joinable()) thread_.join();
}

void FileSource::Follower::pause(bool paused) {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
    woken_ = true;
    wake_.notify_all();
}

bool FileSource::Follower::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void FileSource::Follower::wait(milliseconds delay) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, delay, [this] { return stopping_ || std::exchange(woken_, false); });
}

// ── the reading thread ──────────────────────────────────────────────────────────────────────────────────────────────

void FileSource::Follower::run() noexcept {
    Backoff backoff(milliseconds(500), std::chrono::seconds(30));
    while (!stopping()) {
        const auto begun = std::chrono::steady_clock::now();
        try {
            follow();
        } catch (const std::exception& error) {
            // Nothing is expected here; it must be seen, and it must not be the end.
            board_.set_state(SourceState::waiting, std::string("an unexpected error: ") + error.what());
            log(FOLEY_LOG_ERROR,
                std::string("an unexpected error; reading again from the last place: ") + error.what());
            if (std::chrono::steady_clock::now() - begun > std::chrono::minutes(1)) backoff.reset();
            file_.reset();
            batch_ = {};
            batch_bytes_ = 0;
            wait(backoff.next());
            // The place in the journal is that of what was handed over.
            while (!stopping() && !appender_->flush(milliseconds(100))) {
            }
        }
    }
    if (!appender_->close(options_.stop_patience))
        log(FOLEY_LOG_WARNING, "stopped before the journal took everything; the next start reads it again");
    board_.set_state(SourceState::stopped, "");
}

// Until told to stop.
void FileSource::Follower::follow() {
    if (!load_cursor()) return;
    while (!stopping()) {
        bool paused = false;
        {
            const std::lock_guard lock(mutex_);
            paused = paused_;
        }
        if (paused) {
            board_.set_state(SourceState::paused, "paused by hand");
            wait(std::chrono::hours(1));
        } else if (!step()) {
            wait(options_.poll);
        }
    }
}

// False: told to stop before the journal could be read.
bool FileSource::Follower::load_cursor() {
    Backoff backoff(milliseconds(100), milliseconds(2000));
    while (!stopping()) {
        try {
            const auto text = context_.journal.cursor(options_.name);
            cursor_ = text ? FileCursor::parse(*text) : std::nullopt;
            if (text && !cursor_)
                log(FOLEY_LOG_WARNING, "the place in the journal is not one of a file source; it counts as none");
            board_.set_journal_trouble(std::nullopt);
            return true;
        } catch (const std::exception& error) {
            board_.set_journal_trouble(error.what());
            wait(backoff.next());
        }
    }
    return false;
}

bool FileSource::Follower::step() {
    try {
        if (!file_ && !find_file()) return false;
        if (rewritten()) {
            log(FOLEY_LOG_WARNING, options_.path.string() + " was truncated; reading it from its beginning");
            if (const auto rest = lines_.rest())
                put_aside(std::string(rest->text), rest->offset, "cut off by truncation");
            hand_over();
            // Copied and truncated, say, while lines came in: nobody knows what was written since the last look.
            begin(std::move(*file_), generation_ + 1, 0,
                  "the file was truncated; lines written since it was last read may be lost");
        }
        board_.set_state(SourceState::live, "");
        last_trouble_.clear();
        return read_more() || turn_to_next_file();
    } catch (const std::system_error& error) {
        // A file system that is away, or rights that are missing: weather, or a person's business; not the end.
        if (last_trouble_ != error.what()) log(FOLEY_LOG_WARNING, error.what());
        last_trouble_ = error.what();
        const bool rights = error.code() == std::errc::permission_denied || error.code() == std::errc::invalid_argument;
        if (error.code().value() == ESTALE) file_.reset();
        board_.set_state(rights ? SourceState::refused : SourceState::waiting, error.what());
        wait(milliseconds(500));
        return false;
    }
}

// Opens the file to go on with. False: there is none.
bool FileSource::Follower::find_file() {
    auto file = FollowedFile::open(options_.path);
    if (!cursor_) {
        if (!file) {
            waited_for_file_ = true;
            board_.set_state(SourceState::live,
                             options_.path.string() + " is not there yet; it is followed when it comes");
            return false;
        }
        const bool from_end = options_.start == FileSourceOptions::Start::end && !waited_for_file_;
        const auto offset = from_end ? end_of_last_line(*file) : 0;
        begin(std::move(*file), 1, offset);
        return true;
    }
    const auto is_ours = [this](const FollowedFile& candidate) {
        return candidate.key() == cursor_->file && is_at(candidate, cursor_->offset, cursor_->before);
    };
    if (file && is_ours(*file)) {
        begin(std::move(*file), cursor_->generation, cursor_->offset);
        return true;
    }
    if (auto renamed = find_renamed(); renamed && is_ours(*renamed)) {
        log(FOLEY_LOG_INFO, "goes on in " + renamed->path().string() + ", which was " + options_.path.string());
        begin(std::move(*renamed), cursor_->generation, cursor_->offset);
        return true;
    }
    if (!file) {
        board_.set_state(SourceState::waiting, options_.path.string() + " is not there");
        return false;
    }
    log(FOLEY_LOG_WARNING, options_.path.string() +
                               " is another file, or was written anew, while foley was away; "
                               "lines at the end of the old one may be lost");
    begin(std::move(*file), cursor_->generation + 1, 0, "the file was replaced while foley was away");
    return true;
}

// The file of the cursor under another name in the same folder: rotated while nobody looked.
std::optional<FollowedFile> FileSource::Follower::find_renamed() const {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(options_.path.parent_path(), error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code ignored;
        if (!entry->is_regular_file(ignored)) continue;
        if (file_key(entry->path()) == cursor_->file) return FollowedFile::open(entry->path());
    }
    return std::nullopt;
}

// After the last complete line: one that is being written now is new.
std::uint64_t FileSource::Follower::end_of_last_line(const FollowedFile& file) const {
    std::string block(4096, '\0');
    for (auto end = file.size(); end > 0;) {
        const auto start = end > block.size() ? end - block.size() : 0;
        const auto count = file.read(start, std::span(block).first(static_cast<std::size_t>(end - start)));
        const auto line_end = std::string_view(block.data(), count).rfind('\n');
        if (line_end != std::string_view::npos) return start + line_end + 1;
        end = start;
    }
    return 0;
}

// `gap`: why lines before this place may have been missed.
void FileSource::Follower::begin(FollowedFile file, std::uint64_t generation, std::uint64_t offset,
                                 std::optional<std::string> gap) {
    const auto now = context_.clock.now();
    const bool moved = !cursor_ || cursor_->generation != generation || cursor_->offset != offset;
    Appender::Entry entry;
    if (gap) {
        log(FOLEY_LOG_WARNING, "a gap: " + *gap);
        const auto [from, until] = gap_times_.next(cursor_ ? cursor_->heard : now, now);
        entry.events.push_back(make_gap(options_.name, options_.shape, from, until, *gap));
    }
    generation_ = generation;
    lines_.restart(offset);
    marked_ = offset;
    before_ = file.before(offset);
    replaced_since_.reset();
    seen_in_place_.reset();
    file_ = std::move(file);
    const bool same_file = cursor_ && cursor_->file == file_->key();
    begun_ = same_file ? std::min(cursor_->heard, now) : now;
    if (!cursor_) cursor_.emplace();
    note_place();
    if (moved) {
        entry.cursor = cursor_->text();
        appender_->push(std::move(entry));
    }
    board_.change([&](SourceStatus& status) {
        status.more = {{"path", options_.path.string()}, {"generation", std::to_string(generation_)}};
    });
}

bool FileSource::Follower::rewritten() const {
    return file_->size() < lines_.read() || file_->before(marked_) != before_;
}

// Whether the file, as it stands now, has these bytes at that place.
bool FileSource::Follower::holds(std::uint64_t offset, std::span<const char> bytes) const {
    std::string now(bytes.size(), '\0');
    const auto count = file_->read(offset, now);
    return std::equal(bytes.begin(), bytes.end(), now.begin(), now.begin() + static_cast<std::ptrdiff_t>(count));
}

// One chunk. True: there may be more.
bool FileSource::Follower::read_more() {
    const auto offset = lines_.read();
    const auto room = lines_.room(kChunk);
    const auto count = file_->read(offset, room);
    lines_.filled(count);
    if (count == 0) return false;
    if (rewritten() && holds(offset, room.first(count))) {
        // Written anew since the look before, and what was read is the new file's: the next step begins it.
        lines_.take_back();
        return true;
    }
    board_.change([this](SourceStatus& status) { status.last_heard_at = context_.clock.now(); });
    replaced_since_.reset();
    while (const auto line = lines_.next()) {
        take_line(*line);
        if (batch_.events.size() >= kBatchEvents || batch_bytes_ >= kBatchBytes) hand_over();
    }
    if (lines_.consumed() != marked_) hand_over();
    return !stopping();
}

void FileSource::Follower::take_line(const LineSplitter::Line& line) {
    if (line.text.find_first_not_of(" \t\r") == std::string_view::npos) return;
    if (line.cut) {
        put_aside(std::string(line.text), line.offset, "a line longer than 64 MiB");
        return;
    }
    auto made = make_event(options_.name, options_.shape, std::string(line.text), context_.clock.now());
    if (!made.event) {
        put_aside(std::string(line.text), line.offset, made.refusal);
        return;
    }
    if (made.event->id.empty()) made.event->id = place(line.offset);
    batch_bytes_ += line.text.size();
    batch_.events.push_back(std::move(*made.event));
}

std::string FileSource::Follower::place(std::uint64_t offset) const {
    return std::to_string(generation_) + ":" + std::to_string(offset);
}

void FileSource::Follower::put_aside(std::string text, std::uint64_t offset, const std::string& reason) {
    Journal::Aside aside;
    aside.source = options_.name;
    aside.reason = "at byte " + std::to_string(offset) + " (generation " + std::to_string(generation_) + "): " + reason;
    aside.at = context_.clock.now();
    log(FOLEY_LOG_WARNING, "a line of " + options_.path.string() + " is put aside, " + aside.reason);
    batch_bytes_ += text.size();
    aside.text = std::move(text);
    batch_.aside.push_back(std::move(aside));
}

// What has been taken, with the place after it. Waits when the journal is behind.
void FileSource::Follower::hand_over() {
    // From what was read, not from the file: it may have been written anew since.
    before_ += lines_.handed_out_since(marked_);
    if (before_.size() > kMarkedBytes) before_.erase(0, before_.size() - kMarkedBytes);
    marked_ = lines_.consumed();
    note_place();
    auto entry = std::exchange(batch_, {});
    entry.cursor = cursor_->text();
    batch_bytes_ = 0;
    appender_->push(std::move(entry));
}

void FileSource::Follower::note_place() {
    cursor_->generation = generation_;
    cursor_->offset = marked_;
    cursor_->file = file_->key();
    cursor_->before = mark_of(before_);
    cursor_->heard = context_.clock.now();
}

// At the end of the present file: has another one taken its place?
bool FileSource::Follower::turn_to_next_file() {
    const auto now_there = file_key(options_.path);
    const auto now = context_.clock.steady();
    if (now_there == file_->key()) seen_in_place_ = now;
    if (!now_there || *now_there == file_->key()) {
        replaced_since_.reset();
        return false;
    }
    if (!replaced_since_) {
        replaced_since_ = now;
        successor_.reset();
        if (seen_in_place_ && now - *seen_in_place_ < options_.linger) successor_ = now_there;
    }
    if (now - *replaced_since_ < options_.linger) return false;
    auto present = FollowedFile::open(options_.path);
    const auto siblings = rotated_siblings(options_.path);
    if (!present || !siblings) return false;  // being rotated again just now
    const bool seen = successor_ == present->key();
    const auto [sibling, gap] = succession(*siblings, {file_->key(), file_->changed(), begun_, seen}, present->key(),
                                           [this](const Sibling& it) { return is_finished(it); });
    auto next = sibling ? FollowedFile::open(sibling->path) : std::move(present);
    if (!next || (sibling && next->key() != sibling->key)) return false;
    if (file_->size() != lines_.read()) return true;
    if (const auto rest = lines_.rest()) take_line(*rest);
    hand_over();
    log(FOLEY_LOG_INFO, options_.path.string() + " was rotated; reading " +
                            (sibling ? "what came next, " + sibling->path.string() : "the new file"));
    cursor_->remember({cursor_->file, cursor_->offset, cursor_->before});
    begin(std::move(*next), generation_ + 1, 0, gap);
    return true;
}

// One that was read to its end, and is still the same.
bool FileSource::Follower::is_finished(const Sibling& sibling) const {
    const auto& marks = cursor_->finished;
    return std::any_of(marks.begin(), marks.end(), [&](const FinishedMark& mark) {
        if (mark.file != sibling.key) return false;
        const auto file = FollowedFile::open(sibling.path);
        return file && file->key() == mark.file && is_at(*file, mark.offset, mark.before);
    });
}

}  // namespace foley::core
