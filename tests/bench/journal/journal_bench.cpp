// How fast the SQLite journal takes and gives events. The files lie in TMPDIR: point it at the disk that is meant.
#include "core/event/encoding.hpp"
#include "core/journal/sqlite/sqlite_journal.hpp"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <stdlib.h>

namespace foley::core {
namespace {

class BenchJournal {
public:
    BenchJournal() {
        std::string pattern = (std::filesystem::temp_directory_path() / "foley-bench-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
        directory_ = pattern;
        SqliteJournalOptions options;
        options.file = directory_ / "journal.db";
        journal_ = open_sqlite_journal(options);
    }
    ~BenchJournal() {
        journal_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    BenchJournal(const BenchJournal&) = delete;
    BenchJournal& operator=(const BenchJournal&) = delete;

    Journal& operator*() const { return *journal_; }
    Journal* operator->() const { return journal_.get(); }

private:
    std::filesystem::path directory_;
    std::unique_ptr<Journal> journal_;
};

Event event(std::uint64_t number) {
    Event made;
    made.id = "event-" + std::to_string(1'000'000'000 + number);
    made.source = "site";
    made.shape = Shape::ftrack;
    made.type = "ftrack.update";
    made.projects = {"5671dcb0-66de-11e1-8e6e-f23c91df25eb"};
    made.user = "anna";
    made.changes = {{"task", "task-" + std::to_string(number % 5000), "location", "update"}};
    made.received_at = SystemClock().now();
    made.payload = "{\"number\": " + std::to_string(number) + ", \"data\": \"" + std::string(400, 'x') + "\"}";
    return made;
}

std::vector<Event> batch(std::uint64_t& number, std::size_t size) {
    std::vector<Event> made;
    for (std::size_t index = 0; index < size; ++index)
        made.push_back(event(++number));
    return made;
}

void fill(Journal& journal, std::size_t events) {
    std::uint64_t number = 0;
    while (number < events) {
        auto list = batch(number, 1000);
        journal.append("site", list);
    }
}

void append(benchmark::State& state) {
    const BenchJournal journal;
    const auto size = static_cast<std::size_t>(state.range(0));
    std::uint64_t number = 0;
    for (auto _ : state) {
        state.PauseTiming();
        auto list = batch(number, size);
        state.ResumeTiming();
        journal->append("site", list);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append)->Arg(1)->Arg(50)->Arg(500)->UseRealTime()->Unit(benchmark::kMicrosecond);

void read(benchmark::State& state) {
    const BenchJournal journal;
    fill(*journal, 100'000);
    Sequence after;
    std::int64_t events = 0;
    for (auto _ : state) {
        const auto list = journal->read(after, 1000);
        after = list.empty() ? Sequence{} : list.back()->sequence;
        events += static_cast<std::int64_t>(list.size());
    }
    state.SetItemsProcessed(events);
}
BENCHMARK(read)->UseRealTime();

void fetch_and_finish(benchmark::State& state) {
    const BenchJournal journal;
    fill(*journal, 100'000);
    auto consumer = journal->consumer("plugin", StartEarliest{});
    const auto wanted = [every = state.range(0)](const Event& one) {
        return one.sequence.value % static_cast<std::uint64_t>(every) == 0;
    };
    std::int64_t looked_at = 0;
    for (auto _ : state) {
        const auto fetched = consumer->fetch(512, std::size_t{8} << 20, wanted, SystemClock().now());
        for (const Delivery& delivery : fetched.deliveries)
            consumer->finish(delivery.event->sequence);
        looked_at += static_cast<std::int64_t>(fetched.deliveries.size() + fetched.unwanted);
        if (fetched.more) continue;
        state.PauseTiming();
        consumer->seek(StartEarliest{});
        state.ResumeTiming();
    }
    state.SetItemsProcessed(looked_at);
}
BENCHMARK(fetch_and_finish)->Arg(1)->Arg(100)->UseRealTime();

void facts(benchmark::State& state) {
    const Event made = event(1);
    Event back;
    for (auto _ : state)
        decode_facts(encode_facts(made), back);
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(facts);

}  // namespace
}  // namespace foley::core

BENCHMARK_MAIN();
