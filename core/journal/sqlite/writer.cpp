#include "core/journal/sqlite/writer.hpp"

#include <algorithm>
#include <utility>

namespace foley::core {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMostJobs = 256;                // in one transaction
constexpr std::chrono::milliseconds kTryAgain{1000};  // after a commit that failed
constexpr int kCheckpointPages = 4000;                // of the write-ahead log, about 16 MB
constexpr int kInsistPages = 64000;                   // from here on readers are waited for
constexpr int kLogError = 3;                          // FOLEY_LOG_ERROR
constexpr int kLogInfo = 1;                           // FOLEY_LOG_INFO

constexpr const char* kSetUp =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = OFF; "
    "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; "
    "PRAGMA journal_size_limit = 67108864";

std::string text_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        return "an unknown error";
    }
}

}  // namespace

Writer::Writer(Options options, JournalState state, Listener listener)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      connection_(options_.file, false),
      state_(std::move(state)) {
    connection_.database().run(kSetUp);
    Statement mode(connection_.database(), "PRAGMA journal_mode");
    if (!mode.step() || mode.bytes(0) != "wal") {
        throw JournalError(JournalError::Kind::incompatible,
                           "The file system of " + options_.file.string() +
                               " cannot carry a write-ahead log. Put the state directory on a local disk.");
    }
    sqlite3_wal_hook(
        connection_.database().handle(),
        [](void* pages, sqlite3*, const char*, int count) {
            *static_cast<int*>(pages) = count;
            return SQLITE_OK;
        },
        &log_pages_);
    thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
    stop();
}

void Writer::stop() noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
    // What cannot be moved now is moved after the next opening.
    sqlite3_wal_checkpoint_v2(connection_.database().handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

void Writer::run(const Work& work) {
    Job job;
    job.work = &work;
    std::unique_lock lock(mutex_);
    put(job);
    wake_.notify_one();
    wait_for(job, lock);
}

void Writer::run_here(const Work& work) {
    Job job;
    job.work = &work;
    std::unique_lock lock(mutex_);
    put(job);
    if (!busy_ && !checkpoint_due_) write_round(lock);
    if (!jobs_.empty() || !staged_.empty() || checkpoint_due_ || stopping_ || resting_) wake_.notify_one();
    wait_for(job, lock);
}

void Writer::put(Job& job) {
    if (stopping_) throw JournalError(JournalError::Kind::unavailable, "The journal is closed.");
    jobs_.push_back(&job);
}

void Writer::wait_for(const Job& job, std::unique_lock<std::mutex>& lock) {
    finished_.wait(lock, [&] { return job.done; });
    if (job.error) std::rethrow_exception(job.error);
}

bool Writer::stage(std::shared_ptr<Staged> staged, bool at_once) {
    const auto due = SteadyClock::now() + (at_once ? std::chrono::milliseconds(0) : options_.commit_interval);
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return false;
        const bool first = staged_.empty();
        staged_.insert(std::move(staged));
        if (!first && due >= staged_due_) return true;
        staged_due_ = due;
    }
    wake_.notify_one();
    return true;
}

void Writer::rest() {
    {
        const std::lock_guard lock(mutex_);
        resting_ = true;
    }
    wake_.notify_one();
}

bool Writer::stopped() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

JournalState Writer::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void Writer::loop() noexcept {
    std::unique_lock lock(mutex_);
    while (true) {
        while (!work_is_due(lock)) {
        }
        if (stopping_ && jobs_.empty() && staged_.empty()) return;
        if (std::exchange(checkpoint_due_, false) && !stopping_) {  // whoever waited for the commit is gone
            busy_ = true;
            lock.unlock();
            checkpoint();
            lock.lock();
            busy_ = false;
            continue;
        }
        const bool last = stopping_ && jobs_.empty();
        write_round(lock);
        if (last) return;
    }
}

// Waits, once, unless it is.
bool Writer::work_is_due(std::unique_lock<std::mutex>& lock) {
    if (busy_) {
        wake_.wait(lock);
        return false;
    }
    if (!jobs_.empty() || stopping_ || checkpoint_due_) return true;
    if (std::exchange(resting_, false)) sqlite3_db_release_memory(connection_.database().handle());
    if (staged_.empty()) {
        wake_.wait(lock);
        return false;
    }
    if (SteadyClock::now() >= staged_due_) return true;
    wake_.wait_until(lock, staged_due_);
    return false;
}

// All that is there now goes into one transaction.
void Writer::write_round(std::unique_lock<std::mutex>& lock) noexcept {
    busy_ = true;
    const auto most = static_cast<std::ptrdiff_t>(std::min(jobs_.size(), kMostJobs));
    const std::vector<Job*> jobs(jobs_.begin(), jobs_.begin() + most);
    jobs_.erase(jobs_.begin(), jobs_.begin() + most);
    const Group staged(staged_.begin(), staged_.end());
    staged_.clear();
    lock.unlock();
    write_group(jobs, staged);
    lock.lock();
    for (Job* job : jobs)
        job->done = true;
    checkpoint_due_ = log_pages_ >= kCheckpointPages;
    busy_ = false;
    finished_.notify_all();
}

void Writer::write_group(const std::vector<Job*>& jobs, const Group& staged) {
    for (const auto& one : staged)
        one->take();
    std::exception_ptr error = try_transact(jobs, staged);
    if (error && jobs.size() + staged.size() > 1) {
        for (const auto& one : staged) {
            const std::exception_ptr own = try_transact({}, {one});
            one->settle(own);
            if (own) error = own;
        }
        for (Job* job : jobs)
            job->error = try_transact({job}, {});
    } else {
        for (const auto& one : staged)
            one->settle(error);
        for (Job* job : jobs)
            job->error = error;
    }
    const bool still_dirty = std::any_of(staged.begin(), staged.end(), [](const auto& one) { return one->dirty(); });
    if (!still_dirty) {
        if (!error && std::exchange(complained_, false) && options_.log) {
            options_.log(kLogInfo, "The journal " + options_.file.string() + " takes writes again.");
        }
        return;
    }
    if (error) report(error, "committing");
    const std::lock_guard lock(mutex_);
    if (staged_.empty()) staged_due_ = SteadyClock::now() + (error ? kTryAgain : options_.commit_interval);
    for (const auto& one : staged) {
        if (one->dirty() && !stopping_) staged_.insert(one);
    }
}

std::exception_ptr Writer::try_transact(const std::vector<Job*>& jobs, const Group& staged) noexcept {
    try {
        transact(jobs, staged);
        return nullptr;
    } catch (...) {
        listener_.discard();
        return std::current_exception();
    }
}

void Writer::transact(const std::vector<Job*>& jobs, const Group& staged) {
    const JournalState before = state();
    JournalState after = before;
    listener_.discard();
    Transaction transaction(connection_.database());
    for (Job* job : jobs)
        (*job->work)(connection_, after);
    for (const auto& one : staged)
        one->write(connection_);
    if (!jobs.empty()) write_state(connection_, after);
    transaction.commit();
    {
        const std::lock_guard lock(mutex_);
        state_ = after;
    }
    if (after.head > before.head) listener_.appended(before, after);
}

// A checkpoint that fails (the disk is full) loses nothing: the log keeps what it has, and grows.
void Writer::checkpoint() noexcept {
    const int mode = log_pages_ < kInsistPages ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    sqlite3_wal_checkpoint_v2(connection_.database().handle(), nullptr, mode, nullptr, nullptr);
}

void Writer::report(std::exception_ptr error, const char* doing) noexcept {
    if (std::exchange(complained_, true) || !options_.log) return;
    options_.log(kLogError, std::string("While ") + doing + ": " + text_of(error));
}

}  // namespace foley::core
