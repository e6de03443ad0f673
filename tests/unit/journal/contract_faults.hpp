// Part of journal_contract.hpp: crashes, a full disk, damage, two processes. Processes are forked before the parent has
// a thread.
#pragma once

#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <numeric>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace foley::core::testing {

// A forked child that runs `act` with the writing end of a pipe, and then exits: 0, or 1 with the error on stderr.
class Child {
public:
    explicit Child(const std::function<void(int out)>& act) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
        pid_ = ::fork();
        if (pid_ < 0) throw std::runtime_error("no fork");
        if (pid_ == 0) {
            ::close(ends[0]);
            ::_exit(run(act, ends[1]));
        }
        ::close(ends[1]);
        in_ = ends[0];
    }
    ~Child() {
        if (pid_ > 0) kill();
        ::close(in_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const noexcept { return pid_; }
    // Waits until the child wrote so many bytes; false: it ended before.
    bool await_bytes(std::size_t count) {
        for (char byte = 0; count > 0; --count) {
            if (::read(in_, &byte, 1) != 1) return false;
        }
        return true;
    }
    void kill() {
        ::kill(pid_, SIGKILL);
        wait();
    }
    int wait() {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return status;
    }

private:
    static int run(const std::function<void(int out)>& act, int out) {
        try {
            act(out);
            return 0;
        } catch (const std::exception& error) {
            std::fprintf(stderr, "in the child: %s\n", error.what());
            return 1;
        }
    }

    pid_t pid_ = -1;
    int in_ = -1;
};

// For children, which have no Catch.
inline void expect(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(what);
}

inline void tell(int out) {
    if (::write(out, ".", 1) != 1) throw std::runtime_error("the parent has gone");
}

TEST_CASE("a process that is killed loses nothing that was durable, and key-value writes go with their event",
          "[journal][crash]") {
    JournalEngine engine;
    std::uint64_t last = 0;
    for (std::size_t round = 1; round <= 4; ++round) {
        Child child([&](int out) {
            auto journal = engine.open();
            auto consumer = journal->consumer("plugin", StartEarliest{});
            for (std::uint64_t batch = journal->info().head.value;; batch += 3) {
                append(*journal, events(3, std::to_string(batch) + "-"));
                tell(out);
                for (const auto& delivery : fetch(*consumer).deliveries) {
                    consumer->write({{"count", std::to_string(delivery.event->sequence.value)}});
                    consumer->finish(delivery.event->sequence);
                }
                if (batch % 2 == 0) commit(*consumer);
            }
        });
        const std::size_t appends = 5 * round;
        REQUIRE(child.await_bytes(appends));
        child.kill();
        auto journal = engine.open();
        CHECK(journal->info().unclean);
        CHECK(journal->info().head.value >= last + 3 * appends);
        last = journal->info().head.value;
        auto consumer = journal->consumer("plugin", StartEarliest{});
        CHECK(consumer->get("count").value_or("0") == std::to_string(consumer->info().position.value));
        CHECK(journal->check().empty());
    }
}

TEST_CASE("the second process on a journal is refused, and told who has it", "[journal][lock]") {
    JournalEngine engine;
    engine.open()->close();
    Child child([&](int out) {
        auto journal = engine.open();
        tell(out);
        while (true)
            ::pause();
    });
    REQUIRE(child.await_bytes(1));
    const auto refused = journal_error([&] { engine.open(); });
    REQUIRE(refused);
    CHECK(refused->kind() == JournalError::Kind::locked);
    CHECK_FALSE(refused->transient());
    CHECK_THAT(refused->what(), Catch::Matchers::Contains("process " + std::to_string(child.pid())));
    child.kill();
    CHECK_NOTHROW(engine.open());
}

TEST_CASE("a second object on a journal is refused as well", "[journal][lock]") {
    JournalEngine engine;
    auto journal = engine.open();
    const auto refused = journal_error([&] { engine.open(); });
    REQUIRE(refused);
    CHECK(refused->kind() == JournalError::Kind::locked);
}

TEST_CASE("a full disk stops appends with nothing half written, keeps what is staged, and goes on by itself",
          "[journal][full]") {
    JournalEngine engine;
    Child child([&](int) {
        auto journal = engine.open();
        append(*journal, events(4));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        engine.fill_disk();
        std::vector<Event> batch = events(100, "more");
        const auto full = journal_error([&] { journal->append("site", batch, "place"); });
        expect(full.has_value(), "the append should fail");
        expect(full->kind() == JournalError::Kind::full && full->transient(), full->what());
        expect(batch[0].sequence == Sequence{}, "no sequence should be given");
        expect(journal->info().head == Sequence{4}, "the head should stand");
        expect(journal->find("site", "more1") == std::nullopt, "nothing should be kept");
        expect(!journal->cursor("site"), "the cursor should stand");
        consumer->write({{"key", "value"}});
        consumer->finish(Sequence{1});
        consumer->retry(Sequence{2}, kStart, attempt(1));
        consumer->dead_letter(Sequence{3}, "broken", attempt(1), kStart);
        const auto staged = journal_error([&] { commit(*consumer); });
        expect(staged && staged->kind() == JournalError::Kind::full, "the commit should say full");
        expect(consumer->info().position == Sequence{1}, "what is staged should be seen");
        expect(consumer->get("key") == "value", "a staged value should be seen");
        engine.free_disk();
        expect(journal->append("site", batch, "place").appended == 100, "appends should go on");
        expect(batch[99].sequence == Sequence{104}, "no number should be lost");
        commit(*consumer);
        journal->close();
    });
    CHECK(child.wait() == 0);
    auto journal = engine.open();
    CHECK_FALSE(journal->info().unclean);
    CHECK(journal->info().head == Sequence{104});
    auto consumer = journal->consumer("plugin", StartLatest{});
    CHECK(consumer->info().position == Sequence{1});
    CHECK(consumer->get("key") == "value");
    CHECK(consumer->dead_letters(10).size() == 1);
    CHECK(fetch(*consumer).deliveries.size() == 102);
    CHECK(journal->check().empty());
}

TEST_CASE("appends that failed hide nothing from a plugin that is behind", "[journal][full]") {
    JournalEngine engine;
    Child child([&](int) {
        auto journal = engine.open();
        append(*journal, events(10));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        expect(fetch(*consumer, kStart, 7).deliveries.size() == 7, "the first should be handed out");
        engine.fill_disk();
        std::vector<Event> batch = events(100, "more");
        for (int time = 0; time < 3; ++time)
            expect(journal_error([&] { journal->append("site", batch); }).has_value(), "the append should fail");
        engine.free_disk();
        expect(journal->append("site", batch).appended == 100, "appends should go on");
        Numbers numbers;
        for (auto some = fetch_numbers(*consumer); !some.empty(); some = fetch_numbers(*consumer))
            numbers.insert(numbers.end(), some.begin(), some.end());
        Numbers wanted(103);
        std::iota(wanted.begin(), wanted.end(), 8);
        expect(numbers == wanted, "all that follows should be handed out, once");
        journal->close();
    });
    CHECK(child.wait() == 0);
}

TEST_CASE("a damaged event stops readers there, by name, and the check finds it", "[journal][damage]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(3));
        journal->close();
    }
    engine.damage_event(Sequence{2});
    auto journal = engine.open();
    const auto damaged = journal_error([&] { journal->read(Sequence{}, 10); });
    REQUIRE(damaged);
    CHECK(damaged->kind() == JournalError::Kind::damaged);
    CHECK_FALSE(damaged->transient());
    CHECK_THAT(damaged->what(), Catch::Matchers::Contains("event 2"));
    CHECK(numbers(journal->read(Sequence{2}, 10)) == Numbers{3});

    auto consumer = journal->consumer("plugin", StartEarliest{});
    CHECK(fetch_numbers(*consumer) == Numbers{1});
    consumer->finish(Sequence{1});
    const auto stopped = journal_error([&] { fetch(*consumer); });
    REQUIRE(stopped);
    CHECK_THAT(stopped->what(), Catch::Matchers::Contains("event 2"));
    CHECK(consumer->info().position == Sequence{1});
    CHECK(journal_error([&] { fetch(*consumer); }));
    consumer->seek(StartAfter{Sequence{2}});  // by hand, past it
    CHECK(fetch_numbers(*consumer) == Numbers{3});

    const auto findings = journal->check();
    REQUIRE(findings.size() == 1);
    CHECK_THAT(findings[0], Catch::Matchers::Contains("event 2"));
    CHECK(append(*journal, {event("new")}).head == Sequence{4});
}

TEST_CASE("after an unclean end a check is due until one came to its end", "[journal][damage]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(1200));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer, kStart, 3);
        consumer->retry(Sequence{1}, kStart, attempt(1));
        consumer->dead_letter(Sequence{2}, "no", attempt(1), kStart);
        consumer->write({{"key", "value"}});
        commit(*consumer);
        journal->put_aside({0, "site", "reason", "text", kStart});
    }
    const bool damaged = GENERATE(false, true);
    if (damaged) engine.damage_event(Sequence{700});
    {
        auto journal = engine.open();
        REQUIRE(journal->info().unclean);
        REQUIRE(journal->begin_check()->step());
        journal->close();  // before it came to its end
    }
    auto journal = engine.open();
    REQUIRE(journal->info().unclean);
    const auto check = journal->begin_check();
    int steps = 1;
    for (; check->step(); ++steps)
        append(*journal, {event("step " + std::to_string(steps))});  // others go on beside it
    CHECK(steps > 3);
    CHECK(check->rows() > 1204);
    CHECK(check->problems().size() == (damaged ? 1 : 0));
    if (damaged) CHECK_THAT(check->problems().front(), Catch::Matchers::Contains("event 700"));
    journal->close();
    journal.reset();
    CHECK_FALSE(engine.open()->info().unclean);
}

TEST_CASE("a damaged journal is refused with what to do and left as it is", "[journal][damage]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(50));
        journal->close();
    }
    engine.damage_file();
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto refused = journal_error([&] { engine.open(); });
        REQUIRE(refused);
        CHECK(refused->kind() == JournalError::Kind::damaged);
        CHECK_THAT(refused->what(), Catch::Matchers::Contains("left as it is"));
    }
}

}  // namespace foley::core::testing
