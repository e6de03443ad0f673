// DeadlineRunner: runs file operations on a thread of its own and gives up waiting when they take too long, since an
// operation on a network file system can hang where no signal reaches it.
//
// An operation that was given up on is still under way. Until it ends nothing else is run, so it can never overtake, or
// undo, something later; run() says so by ShareAway.
//
// Thread: run() from one thread. What is run must own all that it uses: it may outlive the runner.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace hammertrack {

class DeadlineRunner {
public:
    explicit DeadlineRunner(std::chrono::milliseconds deadline);
    ~DeadlineRunner();
    DeadlineRunner(const DeadlineRunner&) = delete;
    DeadlineRunner& operator=(const DeadlineRunner&) = delete;

    // What `operation` returns or throws. Throws ShareAway past the deadline; `what` is then in the sentence: "reading
    // the labels of demo/sh_010".
    template <typename Operation>
    auto run(const std::string& what, Operation operation) {
        using Result = std::invoke_result_t<Operation&>;
        if constexpr (std::is_void_v<Result>) {
            run_erased(what, std::move(operation));
        } else {
            auto result = std::make_shared<std::optional<Result>>();
            run_erased(what, [result, operation = std::move(operation)]() mutable { result->emplace(operation()); });
            return std::move(**result);
        }
    }

private:
    struct Shared;
    void run_erased(const std::string& what, std::function<void()> operation);

    std::chrono::milliseconds deadline_;
    std::shared_ptr<Shared> shared_;  // with the thread, which may outlive this object
    std::thread thread_;
};

}  // namespace hammertrack
