#include "hammertrack/deadline_runner.hpp"

#include "hammertrack/errors.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <memory>
#include <stdexcept>

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
