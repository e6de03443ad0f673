// The ledger against a reference that keeps every event and looks at all of them each time: random histories of
// reading, outcomes, commits that succeed or fail, and crashes must look the same from outside.
#include "core/journal/encoding.hpp"
#include "core/journal/ledger.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>

namespace foley::core::testing {
namespace {

using Handed = std::vector<std::uint64_t>;

Timestamp at(std::uint64_t time) {
    return kStart + std::chrono::seconds(time);
}

struct Fact {
    enum class State { unread, in_flight, given_back, waiting, held, finished };
    State state = State::unread;
    std::uint64_t not_before = 0;
    bool stored = false;  // has a copy of its own
    bool dead = false;

    bool open() const { return state != State::unread && state != State::finished; }
    bool queued() const { return open() && state != State::in_flight; }
};

struct Model {
    std::vector<std::vector<std::string>> keys;  // of event index + 1
    std::vector<Fact> facts;

    bool shares(std::size_t left, std::size_t right) const {
        return std::any_of(keys[left].begin(), keys[left].end(), [&](const std::string& key) {
            return std::find(keys[right].begin(), keys[right].end(), key) != keys[right].end();
        });
    }
    bool blocked(std::size_t index) const {
        for (std::size_t other = 0; other < index; ++other) {
            if (facts[other].queued() && shares(other, index)) return true;
        }
        return false;
    }
    Handed take_due(std::uint64_t now, std::size_t limit) {
        Handed handed;
        for (std::size_t index = 0; index < facts.size() && handed.size() < limit; ++index) {
            Fact& fact = facts[index];
            const bool due = fact.queued() && (fact.state != Fact::State::waiting || fact.not_before <= now);
            if (!due || blocked(index)) continue;
            fact.state = Fact::State::in_flight;
            handed.push_back(index + 1);
        }
        return handed;
    }
    std::uint64_t position() const {
        std::uint64_t position = 0;
        while (position < facts.size() && facts[position].state == Fact::State::finished)
            ++position;
        return position;
    }
    std::uint64_t read_to() const {
        std::uint64_t read = facts.size();
        while (read > 0 && facts[read - 1].state == Fact::State::unread)
            --read;
        return read;
    }
    std::size_t count(Fact::State state) const {
        return static_cast<std::size_t>(
            std::count_if(facts.begin(), facts.end(), [&](const Fact& fact) { return fact.state == state; }));
    }
    void crash() {
        for (Fact& fact : facts) {
            if (fact.state == Fact::State::in_flight) fact.state = Fact::State::given_back;
        }
    }
};

// What an engine's tables would hold.
struct Disk {
    std::string standing = encode_standing({});
    std::map<Sequence, Ledger::Row> backlog;
    std::map<Sequence, Ledger::DeadRow> dead;

    void apply(const Ledger::Changes& changes) {
        for (const auto& [sequence, letter] : changes.dead_letters) {
            if (!letter) {
                dead.erase(sequence);
                continue;
            }
            Ledger::DeadRow row = *letter;
            if (!row.event) row.event = backlog.at(sequence).event;
            dead[sequence] = row;
        }
        for (const auto& [sequence, row] : changes.backlog) {
            if (!row) {
                backlog.erase(sequence);
                continue;
            }
            Ledger::Row whole = *row;
            if (!whole.event) whole.event = backlog.at(sequence).event;
            backlog[sequence] = whole;
        }
        if (changes.standing) standing = encode_standing(*changes.standing);
    }
};

class Histories {
public:
    Histories(std::uint64_t seed, std::size_t events) : random_(seed) {
        for (std::size_t index = 0; index < events; ++index) {
            std::vector<std::string> entities;
            for (std::uint64_t count = pick(0, 2); count > 0; --count)
                entities.push_back(std::to_string(pick(1, 6)));
            auto made = std::make_shared<Event>(event(std::to_string(index + 1), entities));
            made->sequence = Sequence{index + 1};
            model_.keys.push_back(ordering_keys(*made));
            journal_.push_back(std::move(made));
        }
        model_.facts.resize(events);
        saved_ = model_;
    }

    void step() {
        switch (pick(0, 11)) {
            case 0:
            case 1:
            case 2:
                fetch();
                break;
            case 3:
                now_ += pick(0, 5);
                break;
            case 4:
                commit(pick(0, 3) != 0);
                break;
            case 5:
                if (pick(0, 3) == 0) crash();
                break;
            default:
                outcome();
        }
        compare();
    }

    // Every event is finished in the end, whatever happened.
    void drain() {
        for (int round = 0; round < 100000 && model_.position() < model_.facts.size(); ++round) {
            now_ += 10;
            fetch();
            for (std::size_t index = 0; index < model_.facts.size(); ++index) {
                if (model_.facts[index].state == Fact::State::in_flight) finish(index);
            }
            compare();
        }
        REQUIRE(ledger_.position().value == model_.facts.size());
        commit(true);
        CHECK(disk_.backlog.empty());
        CHECK(ledger_.unstored_bytes() == 0);
        CHECK(decode_standing(disk_.standing).open.empty());
    }

private:
    std::uint64_t pick(std::uint64_t least, std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>(least, most)(random_);
    }

    void fetch() {
        const std::size_t limit = pick(1, 4);
        Handed handed;
        for (const Ledger::Pick& one : ledger_.take_due(at(now_), limit))
            handed.push_back(one.sequence.value);
        REQUIRE(handed == model_.take_due(now_, limit));
        for (std::uint64_t index = model_.read_to(); index < journal_.size() && handed.size() < limit; ++index) {
            Fact& fact = model_.facts[index];
            if (pick(0, 4) == 0) {  // not wanted
                ledger_.read_past(Sequence{index + 1});
                fact.state = Fact::State::finished;
                continue;
            }
            const bool held = model_.blocked(index);
            fact.state = held ? Fact::State::held : Fact::State::in_flight;
            fact.stored = held;
            REQUIRE(ledger_.admit(journal_[index]) == (held ? Ledger::Verdict::held : Ledger::Verdict::hand_out));
            if (!held) handed.push_back(index + 1);
        }
    }

    void finish(std::size_t index) {
        ledger_.finish(Sequence{index + 1});
        model_.facts[index].state = Fact::State::finished;
    }

    void outcome() {
        std::vector<std::size_t> in_flight;
        for (std::size_t index = 0; index < model_.facts.size(); ++index) {
            if (model_.facts[index].state == Fact::State::in_flight) in_flight.push_back(index);
        }
        if (in_flight.empty()) return;
        const std::size_t index = in_flight[pick(0, in_flight.size() - 1)];
        Fact& fact = model_.facts[index];
        const Sequence sequence{index + 1};
        switch (pick(0, 5)) {
            case 0:
                fact.not_before = now_ + pick(1, 8);
                fact.state = Fact::State::waiting;
                fact.stored = true;
                ledger_.retry(sequence, at(fact.not_before), attempt(1));
                break;
            case 1:
                ledger_.dead_letter(sequence, "broken", attempt(1), at(now_));
                fact.state = Fact::State::finished;
                fact.dead = true;
                break;
            case 2:
                ledger_.give_back(sequence, attempt(2));
                fact.state = Fact::State::waiting;
                fact.not_before = 0;
                fact.stored = true;
                break;
            case 3:
                ledger_.give_back(sequence, std::nullopt);
                fact.state = Fact::State::given_back;
                break;
            default:
                finish(index);
        }
    }

    void commit(bool works) {
        Ledger::Changes changes = ledger_.take_changes();
        const Model then = model_;
        if (pick(0, 2) == 0) outcome();  // something happens while it is on its way
        if (works) {
            disk_.apply(changes);
            ledger_.stored(changes);
            saved_ = then;
        } else {
            ledger_.not_stored(std::move(changes));
        }
    }

    void crash() {
        const Ledger::Standing standing = decode_standing(disk_.standing);
        std::vector<std::shared_ptr<const Event>> open;
        for (const Sequence sequence : standing.open)
            open.push_back(journal_[sequence.value - 1]);
        SequenceRanges dead;
        for (const auto& [sequence, row] : disk_.dead)
            dead.insert(sequence);
        ledger_.restore(standing, open, dead);
        for (const auto& [sequence, row] : disk_.backlog)
            ledger_.restore_backlog(row);
        model_ = saved_;
        model_.crash();
        // Copies tell more than the model remembers: a given-back event with a copy waits as its row says.
        for (const auto& [sequence, row] : disk_.backlog) {
            Fact& fact = model_.facts[sequence.value - 1];
            const bool waits = row.state == RetryEntry::State::waiting;
            fact.state = waits ? Fact::State::waiting : Fact::State::held;
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(row.not_before - kStart).count();
            fact.not_before = seconds > 0 ? static_cast<std::uint64_t>(seconds) : 0;
        }
    }

    void compare() {
        REQUIRE(ledger_.position().value == model_.position());
        std::size_t dead = 0;
        for (std::size_t index = 0; index < model_.facts.size(); ++index) {
            REQUIRE(ledger_.finished(Sequence{index + 1}) == (model_.facts[index].state == Fact::State::finished));
            dead += model_.facts[index].dead ? 1 : 0;
        }
        REQUIRE(ledger_.dead_letters() == dead);
        REQUIRE(ledger_.open_size() + ledger_.backlog_size() ==
                model_.facts.size() - model_.count(Fact::State::finished) - model_.count(Fact::State::unread));
    }

    std::mt19937_64 random_;
    std::vector<std::shared_ptr<const Event>> journal_;
    std::uint64_t now_ = 1;
    Ledger ledger_;
    Model model_;
    Model saved_;
    Disk disk_;
};

TEST_CASE("the ledger and a naive reference agree on every history", "[journal][ledger][model]") {
    const char* scale_text = std::getenv("FOLEY_TEST_SCALE");
    const double scale = scale_text != nullptr ? std::atof(scale_text) : 1.0;
    const auto histories = static_cast<std::uint64_t>(std::max(20.0, 300 * scale));
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        INFO("seed " << seed);
        Histories history(seed, 60);
        for (int step = 0; step < 400; ++step)
            history.step();
        history.drain();
    }
}

}  // namespace
}  // namespace foley::core::testing
