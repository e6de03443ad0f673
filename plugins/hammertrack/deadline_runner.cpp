#include "hammertrack/deadline_runner.hpp"

#include "hammertrack/errors.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>

namespace hammertrack {

struct DeadlineRunner::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    // All below under the mutex.
    std::function<void()> operation;  // to be begun
    std::string what;                 // is under way or to be begun
    std::exception_ptr error;         // of the last one that ended
    bool busy = false;                // from handing over to the end
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
                operation();
            } catch (...) {
                error = std::current_exception();
            }
            operation = nullptr;  // what it owns goes before anyone hears that it ended
            lock.lock();
            self->error = error;
            self->busy = false;
            self->changed.notify_all();
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

void DeadlineRunner::run_erased(const std::string& what, std::function<void()> operation) {
    std::unique_lock lock(shared_->mutex);
    if (shared_->busy) {
        throw ShareAway("The share does not answer: it still hangs in " + shared_->what + ".");
    }
    shared_->operation = std::move(operation);
    shared_->what = what;
    shared_->busy = true;
    shared_->changed.notify_all();
    if (!shared_->changed.wait_for(lock, deadline_, [&] { return !shared_->busy; })) {
        throw ShareAway("The share does not answer: " + what + " took longer than " +
                        std::to_string(deadline_.count()) + " ms.");
    }
    if (const auto error = std::exchange(shared_->error, nullptr)) std::rethrow_exception(error);
}

}  // namespace hammertrack
