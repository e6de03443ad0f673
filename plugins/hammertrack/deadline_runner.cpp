#include "hammertrack/deadline_runner.hpp"

#include "hammertrack/errors.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>

namespace hammertrack {

// What is announced is announced after the mutex is let go: the other thread would wake only to wait for it.
struct DeadlineRunner::Shared {
    using Clock = std::chrono::steady_clock;

    std::mutex mutex;
    std::condition_variable changed;
    // All below under the mutex.
    std::function<void(const Steps&)> operation;  // to be begun
    std::string what;                             // is under way or to be begun
    Clock::time_point since;                      // of the step that is under way
    std::exception_ptr error;                     // of the last one that ended
    bool busy = false;                            // from handing over to the end
    bool given_up = false;                        // on what is under way
    bool stopping = false;

    static void work(const std::shared_ptr<Shared>& self) {
        std::unique_lock lock(self->mutex);
        while (true) {
            self->changed.wait(lock, [&] { return self->operation || self->stopping; });
            if (!self->operation) return;
            auto operation = std::exchange(self->operation, nullptr);
            lock.unlock();
            std::exception_ptr error;
            try {
                operation(Steps(*self));
            } catch (...) {
                error = std::current_exception();
            }
            operation = nullptr;  // what it owns goes before anyone hears that it ended
            lock.lock();
            self->error = error;
            self->busy = false;
            lock.unlock();
            self->changed.notify_all();
            lock.lock();
        }
    }
};

DeadlineRunner::DeadlineRunner(std::chrono::milliseconds deadline)
    : deadline_(deadline), shared_(std::make_shared<Shared>()), thread_([shared = shared_] { Shared::work(shared); }) {}

DeadlineRunner::~DeadlineRunner() {
    bool hangs = false;
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->stopping = true;
        hangs = shared_->busy;
        shared_->changed.notify_all();
    }
    // A thread that hangs in a dead mount cannot be waited for; it keeps what it uses and ends by itself.
    hangs ? thread_.detach() : thread_.join();
}

void DeadlineRunner::Steps::next(const std::string& what) const {
    const std::lock_guard lock(shared_.mutex);
    if (shared_.given_up) throw ShareAway("The share answers too late: " + shared_.what + " took too long.");
    shared_.what = what;
    shared_.since = Shared::Clock::now();
}

void DeadlineRunner::run_erased(const std::string& what, std::function<void(const Steps&)> operation) {
    std::unique_lock lock(shared_->mutex);
    if (shared_->busy) {
        throw ShareAway("The share does not answer: it still hangs in " + shared_->what + ".");
    }
    shared_->operation = std::move(operation);
    shared_->what = what;
    shared_->since = Shared::Clock::now();
    shared_->busy = true;
    shared_->given_up = false;
    lock.unlock();
    shared_->changed.notify_all();
    lock.lock();
    while (shared_->busy) {
        const auto due = shared_->since + deadline_;
        if (shared_->changed.wait_until(lock, due, [&] { return !shared_->busy; })) break;
        if (shared_->since + deadline_ > due) continue;  // another step has begun
        shared_->given_up = true;
        throw ShareAway("The share does not answer: " + shared_->what + " took longer than " +
                        std::to_string(deadline_.count()) + " ms.");
    }
    if (const auto error = std::exchange(shared_->error, nullptr)) std::rethrow_exception(error);
}

}  // namespace hammertrack
