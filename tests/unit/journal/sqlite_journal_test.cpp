// The SQLite engine: the contract of every engine, then what is its own.
#include "core/journal/sqlite/sqlite_journal.hpp"

#include "core/journal/sqlite/database.hpp"
#include "core/journal/sqlite/schema.hpp"
#include "core/journal/sqlite/state_file.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <fstream>
#include <mutex>

#include <signal.h>
#include <sys/resource.h>

namespace foley::core::testing {

class JournalEngine {
public:
    StillClock clock;

    std::unique_ptr<Journal> open() { return open_sqlite_journal(options()); }
    SqliteJournalOptions options() {
        SqliteJournalOptions options;
        options.file = file();
        options.commit_interval = std::chrono::milliseconds(20);
        options.clock = &clock;
        return options;
    }
    std::filesystem::path file() const { return directory_.path() / "journal.db"; }
    std::filesystem::path file(const char* suffix) const { return file().string() + suffix; }

    void run_sql(const char* sql) { Database(file(), false).run(sql); }
    void damage_event(Sequence sequence) {
        run_sql(("UPDATE events SET payload = '{}' WHERE sequence = " + std::to_string(sequence.value)).c_str());
    }
    void damage_file() {
        std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(100);
        const std::string garbage(40000, '\x5a');
        stream.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
    }
    void fill_disk() {
        ::signal(SIGXFSZ, SIG_IGN);
        limit(1);
    }
    void free_disk() { limit(RLIM_INFINITY); }

private:
    static void limit(rlim_t bytes) {
        rlimit now{};
        ::getrlimit(RLIMIT_FSIZE, &now);
        now.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &now);
    }

    TempDirectory directory_;
};

}  // namespace foley::core::testing

#include "tests/unit/journal/journal_contract.hpp"

namespace foley::core::testing {
namespace {

using Catch::Matchers::Contains;

const auto kNewest = static_cast<std::int64_t>(journal_migrations().size());

std::string contents(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_CASE("a file that is no journal is refused and left as it is", "[journal][sqlite]") {
    JournalEngine engine;
    SECTION("empty") {
        std::ofstream(engine.file()).close();
        const auto refused = journal_error([&] { engine.open(); });
        REQUIRE(refused);
        CHECK(refused->kind() == JournalError::Kind::damaged);
        CHECK(std::filesystem::file_size(engine.file()) == 0);
    }
    SECTION("a text") {
        std::ofstream(engine.file()) << std::string(5000, 'x');
        const auto refused = journal_error([&] { engine.open(); });
        REQUIRE(refused);
        CHECK(refused->kind() == JournalError::Kind::damaged);
        CHECK(contents(engine.file()) == std::string(5000, 'x'));
    }
    SECTION("another program's database") {
        Database(engine.file(), false, true).run("CREATE TABLE t (x); PRAGMA user_version = 1");
        const auto refused = journal_error([&] { engine.open(); });
        REQUIRE(refused);
        CHECK(refused->kind() == JournalError::Kind::incompatible);
        CHECK_THAT(refused->what(), Contains("another program"));
    }
    SECTION("a write-ahead log without its file") {
        std::ofstream(engine.file("-wal")) << "frames";
        const auto refused = journal_error([&] { engine.open(); });
        REQUIRE(refused);
        CHECK(refused->kind() == JournalError::Kind::damaged);
        CHECK_FALSE(std::filesystem::exists(engine.file()));
    }
}

TEST_CASE("a file that lost its end is refused or stops where it ends", "[journal][sqlite]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(2000));
        journal->close();
    }
    std::filesystem::resize_file(engine.file(), std::filesystem::file_size(engine.file()) / 2);
    const auto damaged = journal_error([&] {
        auto journal = engine.open();
        journal->read(Sequence{}, 10000);
    });
    REQUIRE(damaged);
    CHECK(damaged->kind() == JournalError::Kind::damaged);
}

TEST_CASE("damaged rows of every table are found and named", "[journal][sqlite]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(4));
        journal->append("site", {}, "cursor");
        journal->put_aside({0, "site", "reason", "text", kStart});
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        consumer->retry(Sequence{1}, kStart, attempt(1));
        consumer->dead_letter(Sequence{2}, "broken", attempt(1), kStart);
        consumer->write({{"key", "value"}});
        commit(*consumer);
        journal->consumer("imported", handled(3));
        journal->close();
    }
    const auto finding = [&](const char* sql) {
        engine.run_sql(sql);
        std::string text;
        const auto error = journal_error([&] {
            const auto findings = engine.open()->check();
            if (!findings.empty()) text = findings.front();
        });
        return error ? std::string(error->what()) : text;
    };
    CHECK_THAT(finding("UPDATE imported SET position = x'01'"), Contains("table imported, consumer 2"));
    CHECK_THAT(finding("DELETE FROM imported; UPDATE backlog SET not_before = 5"),
               Contains("table backlog, consumer 1, event 1"));
    CHECK_THAT(finding("DELETE FROM backlog; UPDATE dead_letters SET reason = 'x'"),
               Contains("table dead_letters, consumer 1, event 2"));
    CHECK_THAT(finding("DELETE FROM dead_letters; UPDATE store SET value = 'x'"), Contains("key 'key'"));
    CHECK_THAT(finding("DELETE FROM store; UPDATE aside SET text = 'x'"), Contains("table aside, row 1"));
    CHECK_THAT(finding("DELETE FROM aside; UPDATE consumers SET standing = x'0100'"), Contains("consumer imported"));
    CHECK_THAT(finding("DELETE FROM consumers; DELETE FROM seen WHERE sequence = 3"), Contains("known as duplicates"));
    CHECK_THAT(finding("DELETE FROM events WHERE sequence = 3"), Contains("number of events"));
    CHECK_THAT(finding("UPDATE sources SET cursor = 'x'"), Contains("source site"));
    CHECK_THAT(finding("UPDATE state SET head = 1"), Contains("about the journal itself"));
}

// What is damaged of one consumer stops that one alone.
class DamagedConsumer {
public:
    // Of `plugin`: 1 waits for a retry, 2 is open, 3 is finished, 4 and 5 are new. `other` has finished nothing.
    DamagedConsumer() {
        journal = engine.open();
        append(*journal, events(5));
        consumer = journal->consumer("plugin", StartEarliest{});
        journal->consumer("other", StartEarliest{});
        fetch(*consumer, kStart, 3);
        consumer->retry(Sequence{1}, kStart, attempt(1));
        consumer->finish(Sequence{3});
        commit(*consumer);
        close();
    }
    void close() {
        consumer.reset();
        journal->close();
        journal.reset();
    }
    // Opens it, checks that all but `plugin` goes on, and gives what `plugin` hears.
    std::string reopen() {
        consumer.reset();
        journal.reset();
        journal = engine.open();
        CHECK(journal->consumer_names() == std::vector<std::string>{"other", "plugin"});
        const auto all = journal->consumers();
        REQUIRE(all.size() == 2);
        CHECK(all[0].problem.empty());
        consumer = journal->consumer("plugin", StartLatest{});
        std::string heard;
        const auto stopped = journal_error([&] {
            auto fetched = fetch(*consumer);
            before = numbers(fetched.deliveries);
            fetch(*consumer);
        });
        if (stopped) {
            CHECK(stopped->kind() == JournalError::Kind::damaged);
            CHECK_FALSE(all[1].problem.empty());
            heard = stopped->what();
        }
        CHECK(append(*journal, {event("new" + std::to_string(++appended_))}).appended == 1);
        return heard;
    }
    std::vector<std::string> prune() {
        const RetentionPolicy at_once{std::chrono::seconds(0), std::chrono::seconds(0), std::chrono::seconds(0)};
        return journal->prune(at_once, {}, kStart + std::chrono::hours(1)).problems;
    }

    JournalEngine engine;
    std::unique_ptr<Journal> journal;
    std::unique_ptr<Consumer> consumer;
    Numbers before;

private:
    int appended_ = 0;
};

TEST_CASE_METHOD(DamagedConsumer, "a damaged row of the backlog stops its consumer there until it is sought past",
                 "[journal][sqlite][damage]") {
    engine.run_sql("UPDATE backlog SET record = x'00'");
    CHECK_THAT(reopen(), Contains("table backlog") && Contains("foleyctl seek plugin --after 1"));
    CHECK(before.empty());
    CHECK(consumer->info().position == Sequence{});
    CHECK(consumer->next_due());                      // it does not wait for a time
    CHECK_THAT(reopen(), Contains("table backlog"));  // still, after a restart
    // What a runner may say of it meanwhile changes nothing.
    consumer->give_back(Sequence{1});
    consumer->retry(Sequence{1}, kStart, attempt(2));
    consumer->dead_letter(Sequence{1}, "no", attempt(2), kStart);
    CHECK(journal_error([&] { fetch(*consumer); }));
    SECTION("by a seek") {
        consumer->seek(StartAfter{Sequence{1}});
        CHECK(fetch_numbers(*consumer) == Numbers{2, 3, 4, 5, 6, 7});
    }
    SECTION("or handed out again from the journal's own copy") {
        CHECK(consumer->replay(Sequence{1}));
        CHECK(fetch_numbers(*consumer) == Numbers{1, 2, 4, 5, 6, 7});
        CHECK(consumer->info().position == Sequence{});
    }
    CHECK(consumer->info().problem.empty());
    CHECK(journal->check().empty());
    consumer->give_back(Sequence{2});
    commit(*consumer);
    close();
    CHECK(reopen().empty());
}

TEST_CASE_METHOD(DamagedConsumer, "a damaged event that was open stops its consumer there, and what is before it comes",
                 "[journal][sqlite][damage]") {
    engine.damage_event(Sequence{2});
    CHECK_THAT(reopen(), Contains("event 2") && Contains("foleyctl seek plugin --after 2"));
    CHECK(before == Numbers{1});
    consumer->finish(Sequence{1});
    CHECK(consumer->info().position == Sequence{1});
    REQUIRE(prune().size() == 1);
    CHECK_THAT(prune().front(), Contains("kept for plugin"));
    consumer->seek(StartAfter{Sequence{2}});
    CHECK(fetch_numbers(*consumer) == Numbers{3, 4, 5, 6});
    CHECK(prune().empty());
}

TEST_CASE_METHOD(DamagedConsumer, "a damaged place is never written over but by a seek", "[journal][sqlite][damage]") {
    engine.run_sql("UPDATE consumers SET standing = x'0100' WHERE name = 'plugin'");
    CHECK_THAT(reopen(), Contains("consumer plugin") && Contains("foleyctl seek plugin --after NUMBER"));
    consumer->finish(Sequence{4});  // a progress page says so
    commit(*consumer);
    CHECK(prune().size() == 1);
    CHECK(journal->info().events == 6);
    consumer.reset();
    CHECK(journal_error([&] { journal->rename_consumer("plugin", "new"); }));
    close();
    CHECK_THAT(reopen(), Contains("consumer plugin"));
    SECTION("it is sought") {
        consumer->seek(StartAfter{Sequence{3}});
        CHECK(fetch_numbers(*consumer) == Numbers{4, 5, 6, 7});
        CHECK(journal->check().empty());
    }
    SECTION("it is removed") {
        consumer.reset();
        CHECK(journal->remove_consumer("plugin"));
        CHECK(journal->consumer_names() == std::vector<std::string>{"other"});
    }
}

TEST_CASE("a file of a newer Foley is refused, and one of an older is brought up", "[journal][sqlite][migration]") {
    JournalEngine engine;
    SECTION("newer") {
        engine.open()->close();
        engine.run_sql("PRAGMA user_version = 99");
        const auto refused = journal_error([&] { engine.open(); });
        REQUIRE(refused);
        CHECK(refused->kind() == JournalError::Kind::incompatible);
        CHECK_THAT(refused->what(), Contains("version 99"));
    }
    SECTION("older: the tables are made, then the journal lacks the row about itself") {
        Database(engine.file(), false, true)
            .run(("PRAGMA application_id = " + std::to_string(kJournalApplicationId)).c_str());
        const auto refused = journal_error([&] { engine.open(); });
        REQUIRE(refused);
        CHECK(refused->kind() == JournalError::Kind::damaged);
        CHECK(Database(engine.file(), true).number("PRAGMA user_version") == kNewest);
    }
}

TEST_CASE("a journal of version 1 goes on with its consumers, and takes imported positions",
          "[journal][sqlite][migration]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append_ids(*journal, {"1", "2"});
        auto consumer = journal->consumer("old", StartEarliest{});
        fetch(*consumer, kStart, 1);
        consumer->finish(Sequence{1});
        commit(*consumer);
        journal->close();
    }
    engine.run_sql("DROP TABLE imported; PRAGMA user_version = 1");
    auto journal = engine.open();
    CHECK(fetch_ids(*journal->consumer("old", StartLatest{})) == Ids{"2"});
    CHECK(fetch_ids(*journal->consumer("new", handled(1))) == Ids{"2"});
    CHECK(journal->check().empty());
}

TEST_CASE("migrations run once, in order, each whole or not at all", "[journal][sqlite][migration]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(3));
        journal->close();
    }
    std::vector<Migration> steps(journal_migrations().begin(), journal_migrations().end());
    steps.push_back([](Database& database) { database.run("ALTER TABLE events ADD COLUMN note TEXT"); });
    steps.push_back([](Database& database) { database.run("UPDATE events SET note = 'migrated'"); });
    Database database(engine.file(), false);
    migrate(database, steps);
    CHECK(database.number("PRAGMA user_version") == kNewest + 2);
    CHECK(database.number("SELECT count(*) FROM events WHERE note = 'migrated'") == 3);
    migrate(database, steps);  // nothing more to do
    steps.push_back([](Database& one) {
        one.run("DROP TABLE events");
        throw std::runtime_error("no");
    });
    CHECK_THROWS_AS(migrate(database, steps), std::runtime_error);
    CHECK(database.number("PRAGMA user_version") == kNewest + 2);
    CHECK(database.number("SELECT count(*) FROM events") == 3);
}

TEST_CASE("network file systems are told apart from local ones", "[journal][sqlite]") {
    CHECK(network_file_system(0x6969) == "NFS");
    CHECK(network_file_system(static_cast<long>(0xff534d42)) == "SMB (CIFS)");
    CHECK(network_file_system(static_cast<std::int32_t>(0xfe534d42)) == "SMB2");
    CHECK(network_file_system(0xef53) == std::nullopt);      // ext4
    CHECK(network_file_system(0x01021994) == std::nullopt);  // tmpfs
}

TEST_CASE("a state directory that is not there is named", "[journal][sqlite]") {
    JournalEngine engine;
    SqliteJournalOptions options = engine.options();
    options.file = engine.file().parent_path() / "missing" / "journal.db";
    const auto refused = journal_error([&] { open_sqlite_journal(options); });
    REQUIRE(refused);
    CHECK(refused->kind() == JournalError::Kind::unavailable);
    CHECK_THAT(refused->what(), Contains("missing"));
}

TEST_CASE("a half-made file of an earlier try is no hindrance, and the files are not for everyone",
          "[journal][sqlite]") {
    JournalEngine engine;
    std::ofstream(engine.file(".new")) << "half";
    engine.open()->close();
    CHECK_FALSE(std::filesystem::exists(engine.file(".new")));
    using std::filesystem::perms;
    CHECK((std::filesystem::status(engine.file()).permissions() & perms::others_all) == perms::none);
}

TEST_CASE("a plugin with a full backlog reads on only when there is room again", "[journal][sqlite]") {
    JournalEngine engine;
    SqliteJournalOptions options = engine.options();
    options.most_backlog = 3;
    auto journal = open_sqlite_journal(options);
    std::vector<Event> list;
    for (int index = 0; index < 10; ++index)
        list.push_back(event("e" + std::to_string(index), {"A"}));
    append(*journal, list);
    auto consumer = journal->consumer("plugin", StartEarliest{});
    fetch(*consumer, kStart, 1);
    consumer->retry(Sequence{1}, kStart + std::chrono::hours(1), attempt(1));
    for (int index = 0; index < 5; ++index)
        fetch(*consumer, kStart, 1);
    CHECK(consumer->info().held <= 10);
    CHECK_FALSE(fetch(*consumer).more);
    Numbers handled;
    for (int index = 0; index < 20 && handled.size() < 10; ++index) {
        for (const std::uint64_t number : fetch_numbers(*consumer, kStart + std::chrono::hours(1), 2)) {
            handled.push_back(number);
            consumer->finish(Sequence{number});
        }
    }
    CHECK(handled == Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
}

TEST_CASE("after close the journal says that it is closed", "[journal][sqlite]") {
    JournalEngine engine;
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    journal->close();
    journal->close();
    CHECK(journal_error([&] { append(*journal, events(1)); })->kind() == JournalError::Kind::unavailable);
    CHECK(journal_error([&] { commit(*consumer); })->kind() == JournalError::Kind::unavailable);
}

}  // namespace
}  // namespace foley::core::testing
