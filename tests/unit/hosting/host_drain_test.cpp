// Drain, stop, kill, and hosts that are killed at any point.
#include "tests/unit/hosting/host_fixture.hpp"

#include <fstream>
#include <random>

#include <signal.h>
#include <stdlib.h>

using namespace foley::core;

TEST_CASE_METHOD(HostFixture, "drain ends the callback it is in and hands back the rest", "[hosting][drain]") {
    start();
    const auto running = deliver("wait:go");
    for (int i = 0; i < 5; ++i)
        deliver("done");
    await([this] { return host_->unsent() == 0; }, "the events to be sent");
    await([this] { return page_->survey(1, 10).running.has_value(); }, "the callback to begin");
    host_->drain(20s);
    let_go();
    await([this] { return drained_ || exit_; }, "drained");
    REQUIRE(outcomes_.contains(running));
    REQUIRE(outcomes_.size() == 1);
    REQUIRE(returned_.size() == 5);
    // The page is free for the next host.
    REQUIRE(ProgressPage::recover(page_->file(), identity(), 0ms).believed);
    const auto late = deliver("done");
    await([&] { return !returned_.empty() && returned_.back() == late; }, "what came late");
    host_->stop(20s);
    REQUIRE(await_exit().reason == HostExit::Reason::stopped);
}

TEST_CASE_METHOD(HostFixture, "a host that ignores drain is killed after the limit", "[hosting][drain]") {
    start();
    const auto hanging = deliver("hang");
    await([this] { return page_->survey(1, 10).running.has_value(); }, "the callback to begin");
    host_->drain(100ms);
    REQUIRE(await_exit().reason == HostExit::Reason::drain_timeout);
    REQUIRE(exit_->why == "did not finish its callback within 100 ms of being asked to drain");
    REQUIRE(exit_->survey.running->delivery == hanging);
    REQUIRE_FALSE(drained_);
}

TEST_CASE_METHOD(HostFixture, "a candidate that was never started stops without on_stop", "[hosting][drain]") {
    spawn("obedient");
    await_hello();
    host_->stop(20s);
    REQUIRE(await_exit().reason == HostExit::Reason::stopped);
}

TEST_CASE_METHOD(HostFixture, "stop hands back what has not begun and runs on_stop", "[hosting][drain]") {
    start(R"({"stop": "print:goodbye"})");
    deliver("wait:go");
    deliver("done");
    await([this] { return page_->survey(1, 10).running.has_value(); }, "the callback to begin");
    host_->stop(20s);
    let_go();
    REQUIRE(await_exit().reason == HostExit::Reason::stopped);
    REQUIRE(outcomes_.size() + returned_.size() == 2);
    REQUIRE(printed("goodbye"));
}

TEST_CASE_METHOD(HostFixture, "a candidate takes the page over when the host before it is drained",
                 "[hosting][drain]") {
    HostFixture old;
    old.page_ = page_;
    old.start();
    old.await_outcome(old.deliver("done"));
    spawn("obedient");
    await_hello();
    send_start();
    old.host_->drain(20s);
    old.await([&] { return old.drained_; }, "drained");
    await([&] { return started_ || exit_; }, "the candidate's start, which waits for the lock");
    REQUIRE(await_outcome(deliver("done")).code == OutcomeCode::done);
}

TEST_CASE_METHOD(HostFixture, "kill gives the reason that it was given", "[hosting][drain]") {
    start();
    host_->kill(HostExit::Reason::refused, "its settings are wrong");
    REQUIRE(await_exit().reason == HostExit::Reason::refused);
    REQUIRE(exit_->why == "its settings are wrong");
}

TEST_CASE_METHOD(HostFixture, "a host may be let go of inside of its own callback", "[hosting][drain]") {
    start();
    const int pid = host_->pid();
    on_outcomes_heard_ = [this] { host_.reset(); };
    deliver("done");
    await([&] { return ::kill(pid, 0) != 0; }, "the host's end");
    REQUIRE_FALSE(exit_);
}

TEST_CASE_METHOD(HostFixture, "a host's whole backlog passes, in order and under back-pressure", "[hosting][drain]") {
    page_ = make_page("wide", 1024);
    start();
    std::size_t delivered = 0;
    const std::string padding(4096, 'x');
    while (outcomes_.size() < 5000) {
        while (delivered < 5000 && page_->free_slots() > 0 && host_->unsent() < (1U << 20)) {
            deliver("done:" + padding);
            ++delivered;
        }
        const std::size_t before = outcomes_.size();
        await([&] { return outcomes_.size() > before || exit_; }, "more outcomes");
        REQUIRE_FALSE(exit_);
        page_->release(outcomes_.rbegin()->first);
    }
    REQUIRE(std::is_sorted(order_.begin(), order_.end()));
}

TEST_CASE_METHOD(HostFixture, "whenever a host is killed, at most the event in the callback is in doubt",
                 "[hosting][drain]") {
    const char* scale = std::getenv("FOLEY_TEST_SCALE");
    const int rounds = std::max(3, static_cast<int>(25 * (scale != nullptr ? std::atof(scale) : 1.0)));
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::uint64_t handled_lines = 0;
    const auto log = directory_.path() / "handled";
    for (int round = 0; round < rounds; ++round) {
        HostFixture host;
        host.page_ = make_page("page" + std::to_string(round), 256);
        host.next_sequence_ = next_sequence_;
        host.start();
        for (int i = 0; i < 200; ++i)
            host.deliver("append:" + log.string());
        const auto target = std::uniform_int_distribution<std::size_t>(0, 150)(random);
        host.await([&] { return host.outcomes_.size() >= target || host.exit_; }, "some outcomes");
        ::kill(host.host_->pid(), SIGKILL);
        const HostExit& exit = host.await_exit();

        std::ifstream lines(log);
        std::uint64_t last = 0;
        std::uint64_t count = 0;
        for (std::string line; std::getline(lines, line); ++count)
            last = std::stoull(line);
        handled_lines = count;
        const std::uint64_t finished =
            exit.survey.finished.empty() ? next_sequence_ - 1 : exit.survey.finished.back().value;
        REQUIRE(exit.survey.finished.size() >= host.outcomes_.size());
        // The last line is of the last finished event, or of the one in the callback.
        if (last > finished) {
            REQUIRE(last == finished + 1);
            REQUIRE(exit.survey.running);
            REQUIRE(exit.survey.running->sequence.value == last);
        } else if (!exit.survey.finished.empty()) {
            REQUIRE(last == finished);
        }
        next_sequence_ = host.next_sequence_;
    }
    REQUIRE(handled_lines > 0);
}
