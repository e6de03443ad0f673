#include "hammertrack/deadline_runner.hpp"

#include "hammertrack/errors.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

using hammertrack::DeadlineRunner;
using hammertrack::ShareAway;
using namespace std::chrono_literals;

TEST_CASE("an operation's result and its exception reach the caller", "[hammertrack][deadline_runner]") {
    DeadlineRunner runner(20s);
    CHECK(runner.run("counting", [] { return 7; }) == 7);
    CHECK_THROWS_WITH(runner.run("failing", [] { throw std::runtime_error("no"); }), "no");
    CHECK(*runner.run("making", [] { return std::make_unique<int>(3); }) == 3);
}

TEST_CASE("nothing overtakes an operation that was given up on", "[hammertrack][deadline_runner]") {
    DeadlineRunner runner(30ms);
    auto release = std::make_shared<std::promise<void>>();
    auto ended = std::make_shared<std::promise<void>>();
    const auto hang = [release, ended] {
        release->get_future().wait();
        ended->set_value();
    };
    CHECK_THROWS_WITH(runner.run("hanging", hang), Catch::Contains("hanging took longer than 30 ms"));
    CHECK_THROWS_WITH(runner.run("next", [] {}), Catch::Contains("still hangs in hanging"));
    release->set_value();
    ended->get_future().wait();
    // The thread says a moment after the operation's end that it is free again.
    for (bool free = false; !free;) {
        try {
            runner.run("next", [] {});
            free = true;
        } catch (const ShareAway&) {
        }
    }
}

TEST_CASE("each step of an operation has the whole deadline", "[hammertrack][deadline_runner]") {
    DeadlineRunner runner(200ms);
    const auto steps_of = [](std::chrono::milliseconds each) {
        return [each](const DeadlineRunner::Steps& steps) {
            for (int i = 0; i < 4; ++i) {
                steps.next("step " + std::to_string(i));
                std::this_thread::sleep_for(each);  // what is slow is what is tested
            }
            return 4;
        };
    };
    CHECK(runner.run("four", steps_of(80ms)) == 4);
    CHECK_THROWS_WITH(runner.run("four", steps_of(2s)), Catch::Contains("step 0 took longer than 200 ms"));
}

TEST_CASE("an operation that was given up on does no further step", "[hammertrack][deadline_runner]") {
    DeadlineRunner runner(30ms);
    auto release = std::make_shared<std::promise<void>>();
    auto ended = std::make_shared<std::promise<bool>>();
    const auto hang = [release, ended](const DeadlineRunner::Steps& steps) {
        release->get_future().wait();
        try {
            steps.next("more");
            ended->set_value(false);
        } catch (const ShareAway&) {
            ended->set_value(true);
        }
    };
    CHECK_THROWS_WITH(runner.run("hanging", hang), Catch::Contains("hanging took longer than 30 ms"));
    release->set_value();
    CHECK(ended->get_future().get());
}

TEST_CASE("a runner can go while its operation still hangs", "[hammertrack][deadline_runner]") {
    auto release = std::make_shared<std::promise<void>>();
    auto ended = std::make_shared<std::promise<void>>();
    {
        DeadlineRunner runner(10ms);
        CHECK_THROWS_AS(runner.run("hanging",
                                   [release, ended] {
                                       release->get_future().wait();
                                       ended->set_value();
                                   }),
                        ShareAway);
    }
    release->set_value();
    ended->get_future().wait();
}
