#include "core/journal/ledger.hpp"

#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

namespace foley::core::testing {
namespace {

constexpr std::chrono::hours kHour{1};

std::shared_ptr<const Event> numbered(std::uint64_t number, const std::vector<std::string>& entities = {}) {
    auto made = std::make_shared<Event>(event(std::to_string(number), entities));
    made->sequence = Sequence{number};
    return made;
}

Numbers due(Ledger& ledger, Timestamp now = kStart, std::size_t limit = 100) {
    Numbers result;
    for (const Ledger::Pick& pick : ledger.take_due(now, limit))
        result.push_back(pick.sequence.value);
    return result;
}

void admit(Ledger& ledger, std::uint64_t first, std::uint64_t last, const std::vector<std::string>& entities = {}) {
    for (std::uint64_t number = first; number <= last; ++number)
        ledger.admit(numbered(number, entities));
}

void store(Ledger& ledger) {
    ledger.stored(ledger.take_changes());
}

TEST_CASE("a ledger owes nothing at the start and nothing when all is finished", "[journal][ledger]") {
    Ledger ledger;
    CHECK_FALSE(ledger.dirty());
    CHECK(ledger.position() == Sequence{});
    admit(ledger, 1, 3);
    for (const std::uint64_t number : {1, 2, 3})
        ledger.finish(Sequence{number});
    CHECK(ledger.position() == Sequence{3});
    CHECK(ledger.low() == Sequence{3});
    CHECK(ledger.open_size() == 0);
    CHECK(ledger.take_changes().standing->open.empty());
    CHECK_FALSE(ledger.dirty());
}

TEST_CASE("a ledger's memory does not grow with what is finished", "[journal][ledger]") {
    Ledger ledger;
    ledger.admit(numbered(1));
    for (std::uint64_t number = 2; number <= 20000; ++number) {
        ledger.admit(numbered(number));
        ledger.finish(Sequence{number});
    }
    CHECK(ledger.position() == Sequence{});
    CHECK(ledger.newest_finished() == Sequence{20000});
    CHECK(ledger.open_size() == 1);
    CHECK(ledger.take_changes().standing->open == std::vector<Sequence>{Sequence{1}});
}

TEST_CASE("a retry lets the stored place pass it, but not the position", "[journal][ledger]") {
    Ledger ledger;
    admit(ledger, 1, 2);
    ledger.retry(Sequence{1}, kStart + kHour, attempt(1));
    ledger.finish(Sequence{2});
    CHECK(ledger.position() == Sequence{});
    CHECK(ledger.low() == Sequence{2});
    CHECK_FALSE(ledger.owes(Sequence{1}, "site", "1"));
    CHECK(ledger.owes(Sequence{3}, "site", "3"));
    const auto changes = ledger.take_changes();
    REQUIRE(changes.backlog.size() == 1);
    CHECK(changes.backlog.at(Sequence{1})->event->id == "1");
    CHECK(ledger.unstored_bytes() > 0);
    ledger.stored(changes);
    CHECK(ledger.unstored_bytes() == 0);
    CHECK(ledger.take_due(kStart + kHour, 1)[0].event == nullptr);
}

TEST_CASE("a change that could not be stored comes again, unless there is a newer one", "[journal][ledger]") {
    Ledger ledger;
    admit(ledger, 1, 2);
    ledger.retry(Sequence{1}, kStart, attempt(1));
    ledger.retry(Sequence{2}, kStart, attempt(1));
    auto changes = ledger.take_changes();
    CHECK(due(ledger) == Numbers{1, 2});
    ledger.finish(Sequence{1});
    ledger.not_stored(std::move(changes));
    const auto again = ledger.take_changes();
    CHECK_FALSE(again.backlog.at(Sequence{1}).has_value());
    CHECK(again.backlog.at(Sequence{2})->event != nullptr);
    CHECK(again.standing.has_value());
}

TEST_CASE("a dead letter of a stored retry takes its event from the backlog", "[journal][ledger]") {
    Ledger ledger;
    admit(ledger, 1, 1);
    ledger.retry(Sequence{1}, kStart, attempt(1));
    store(ledger);
    due(ledger);
    ledger.dead_letter(Sequence{1}, "broken", attempt(2), kStart);
    const auto changes = ledger.take_changes();
    CHECK(changes.dead_letters.at(Sequence{1})->event == nullptr);
    CHECK_FALSE(changes.backlog.at(Sequence{1}).has_value());
    CHECK(ledger.dead_letters() == 1);
    CHECK(ledger.position() == Sequence{1});
}

TEST_CASE("the time for which a retry was due and not handed out does not count for it", "[journal][ledger]") {
    Ledger ledger;
    admit(ledger, 1, 3);
    ledger.retry(Sequence{1}, kStart + kHour, attempt(1));
    ledger.retry(Sequence{2}, kStart + 3 * kHour, attempt(1));
    ledger.give_back(Sequence{3}, attempt(1));  // at once: no time was named, none can be missed
    store(ledger);
    const std::vector<Ledger::Pick> picks = ledger.take_due(kStart + 3 * kHour, 10);
    REQUIRE(picks.size() == 3);
    CHECK(picks[0].record.first_failed_at == kStart + 2 * kHour);
    CHECK(picks[1].record.first_failed_at == kStart);
    CHECK(picks[2].record.first_failed_at == kStart);
    // Given back as it is, it is measured again from the same time.
    ledger.give_back(Sequence{1}, std::nullopt);
    CHECK(ledger.take_due(kStart + 50 * kHour, 10).at(0).record.first_failed_at == kStart + 49 * kHour);
}

TEST_CASE("held events follow in order as soon as what is before them is handed out", "[journal][ledger]") {
    Ledger ledger;
    ledger.admit(numbered(1, {"A"}));
    ledger.retry(Sequence{1}, kStart + kHour, attempt(1));
    CHECK(ledger.admit(numbered(2, {"A", "B"})) == Ledger::Verdict::held);
    CHECK(ledger.admit(numbered(3, {"B", "C"})) == Ledger::Verdict::held);
    CHECK(ledger.admit(numbered(4, {"C"})) == Ledger::Verdict::held);
    CHECK(ledger.admit(numbered(5, {"D"})) == Ledger::Verdict::hand_out);
    CHECK(ledger.held() == 3);
    CHECK(due(ledger).empty());
    CHECK(due(ledger, kStart + kHour, 2) == Numbers{1, 2});
    CHECK(due(ledger, kStart + kHour) == Numbers{3, 4});
}

TEST_CASE("a retry that is due waits for an earlier one of its entity", "[journal][ledger]") {
    Ledger ledger;
    admit(ledger, 1, 2, {"A"});
    ledger.retry(Sequence{2}, kStart, attempt(1));
    CHECK(due(ledger, kStart, 0).empty());
    ledger.retry(Sequence{1}, kStart + kHour, attempt(1));
    CHECK(due(ledger).empty());
    CHECK(ledger.next_due() == kStart + kHour);
    CHECK(due(ledger, kStart + kHour) == Numbers{1, 2});
}

TEST_CASE("what was given back keeps a later event of its entity behind it", "[journal][ledger]") {
    Ledger ledger;
    admit(ledger, 1, 1, {"A"});
    ledger.give_back(Sequence{1}, std::nullopt);
    CHECK(ledger.admit(numbered(2, {"A"})) == Ledger::Verdict::held);
    CHECK(due(ledger) == Numbers{1, 2});
}

TEST_CASE("outcomes of what nobody handed out are ignored, but for finish", "[journal][ledger]") {
    Ledger ledger;
    ledger.retry(Sequence{5}, kStart, attempt(1));
    ledger.give_back(Sequence{5}, attempt(1));
    ledger.dead_letter(Sequence{5}, "x", attempt(1), kStart);
    CHECK_FALSE(ledger.dirty());
    ledger.finish(Sequence{2});
    CHECK(ledger.finished(Sequence{2}));
    CHECK_FALSE(ledger.finished(Sequence{1}));
    CHECK(ledger.admit(numbered(1)) == Ledger::Verdict::hand_out);
    CHECK(ledger.admit(numbered(2)) == Ledger::Verdict::skip);
    ledger.finish(Sequence{1});
    CHECK(ledger.position() == Sequence{2});
    ledger.finish(Sequence{3});  // right above: absorbed
    CHECK(ledger.position() == Sequence{3});
    CHECK(ledger.take_changes().standing->ahead.empty());
}

TEST_CASE("a seek back keeps what cannot be read again, a seek on drops what lies behind", "[journal][ledger]") {
    Ledger ledger;
    admit(ledger, 1, 6);
    for (const std::uint64_t number : {1, 4, 6})
        ledger.retry(Sequence{number}, kStart, attempt(1));
    for (const std::uint64_t number : {2, 3, 5})
        ledger.finish(Sequence{number});
    SECTION("back, the first three being gone") {
        ledger.seek(Sequence{3}, Sequence{4}, Sequence{9});
        CHECK(ledger.backlog_size() == 1);
        CHECK(ledger.position() == Sequence{});
        CHECK(ledger.low() == Sequence{3});
        CHECK(due(ledger) == Numbers{1});
    }
    SECTION("on") {
        ledger.seek(Sequence{9}, Sequence{1}, Sequence{9});
        CHECK(ledger.backlog_size() == 0);
        CHECK(ledger.position() == Sequence{9});
    }
    CHECK(ledger.read_to() >= Sequence{3});
}

TEST_CASE("a ledger that is overtaken owes the gap and nothing before it", "[journal][ledger]") {
    Ledger ledger;
    admit(ledger, 1, 3);
    ledger.finish(Sequence{2});
    ledger.give_back(Sequence{1}, std::nullopt);
    ledger.retry(Sequence{3}, kStart + kHour, attempt(1));
    const auto gap = numbered(20);
    ledger.overtake(Sequence{10}, std::vector{gap});
    CHECK(ledger.low() == Sequence{10});
    CHECK(due(ledger) == Numbers{20});
    CHECK(ledger.take_changes().backlog.at(Sequence{20})->own);
    ledger.finish(Sequence{20});
    CHECK(ledger.position() == Sequence{2});
    CHECK(due(ledger, kStart + kHour) == Numbers{3});
    ledger.finish(Sequence{3});
    CHECK(ledger.position() == Sequence{10});
    CHECK(ledger.admit(numbered(11)) == Ledger::Verdict::hand_out);
}

TEST_CASE("a restored ledger is the one that was stored", "[journal][ledger]") {
    Ledger::Standing standing;
    standing.read_to = Sequence{9};
    standing.open = {Sequence{4}, Sequence{9}};
    standing.ahead.insert(Sequence{12});
    SequenceRanges dead;
    dead.insert(Sequence{2});
    Ledger ledger;
    ledger.restore(standing, std::vector{numbered(4, {"A"}), numbered(9)}, dead);
    Ledger::Row held;
    held.event = numbered(8, {"A"});
    held.state = RetryEntry::State::held;
    ledger.restore_backlog(held);
    CHECK_FALSE(ledger.dirty());
    CHECK(ledger.position() == Sequence{3});
    CHECK(ledger.newest_finished() == Sequence{12});
    CHECK(ledger.has_dead_letter(Sequence{2}));
    CHECK(ledger.held() == 1);
    CHECK(due(ledger) == Numbers{4, 8, 9});
    CHECK(ledger.oldest_open()->first == Sequence{4});
}

}  // namespace
}  // namespace foley::core::testing
