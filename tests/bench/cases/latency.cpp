// From one end to the other, for a single event on a system that has nothing else to do.
#include "bench/cases.hpp"
#include "bench/measure.hpp"
#include "core/engine/engine.hpp"
#include "core/journal/sqlite/sqlite_journal.hpp"
#include "integration/harness/scale.hpp"
#include "integration/harness/studio.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace foley::bench {

using namespace foley::testing;
using namespace std::chrono_literals;

namespace {

std::int64_t stamp_of(const HandledLine& line) {
    return std::stoll(line.text.substr(line.text.rfind(' ') + 1));
}

// Engine and journal in this process, so that the moment of a commit is known; the host is a real one.
class OwnEngine final : public core::EngineListener {
public:
    OwnEngine() : home_(build_directory()) {
        for (const char* name : {"plugins", "state"})
            std::filesystem::create_directories(home_.path() / name);
        std::filesystem::copy_file(test_plugin("recorder"), home_.path() / "plugins" / "a.so");
        core::SqliteJournalOptions journal;
        journal.file = home_.path() / "state" / "journal.sqlite";
        journal_ = core::open_sqlite_journal(journal);
        committed_ = journal_->on_append([this](core::Sequence head) {
            const std::lock_guard lock(mutex_);
            committed_at_[head.value] = now_ns();
        });
        core::EngineOptions options;
        options.state_directory = home_.path() / "state";
        options.host_program = program("foley-host");
        options.symbolizer_program = program("foley-symbolizer");
        options.directories = {{home_.path() / "plugins", false}};
        options.settle = 20ms;
        options.rescan = 30s;
        options.defaults.start = core::StartEarliest{};
        options.check_settings = [this](const std::string&, const std::vector<core::SettingDeclaration>&) {
            return core::CheckedSettings{
                R"({"stamps": true, "file": )" + json::quote((home_.path() / "lines").string()) + "}", {}};
        };
        engine_ = std::make_unique<core::Engine>(io_, *journal_, clock_, options, *this);
        engine_->start();
        run_until([this] {
            const auto plugins = engine_->plugins();
            return !plugins.empty() && plugins.front().state == core::PluginState::running;
        });
    }
    ~OwnEngine() override {
        engine_.reset();
        io_.restart();
        io_.poll();
        committed_.reset();
        journal_.reset();
    }
    OwnEngine(const OwnEngine&) = delete;
    OwnEngine& operator=(const OwnEngine&) = delete;

    // From the commit of each event to the start of its callback.
    std::vector<std::int64_t> measure(std::size_t events) {
        std::thread site([&] {
            for (std::size_t i = 0; i < events; ++i) {
                core::Event event;
                event.source = "bench";
                event.id = std::to_string(i);
                event.type = "bench.one";
                event.received_at = clock_.now();
                event.payload = "{}";
                journal_->append("bench", std::span(&event, 1));
                std::this_thread::sleep_for(5ms);  // one at a time
            }
        });
        run_until([&] { return engine_->plugins().front().consumer.position.value >= events; });
        site.join();
        std::vector<std::int64_t> taken;
        const std::lock_guard lock(mutex_);
        for (const HandledLine& line : Handled(home_.path() / "lines").events())
            taken.push_back(stamp_of(line) - committed_at_.at(line.sequence));
        return taken;
    }

private:
    void run_until(const std::function<bool()>& condition) {
        const auto limit = std::chrono::steady_clock::now() + 5min;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("the engine does not get on");
            io_.restart();
            io_.run_for(20ms);
        }
    }
    void on_engine_log(int, const std::string&) override {}
    void on_plugin_log(const std::string&, int, const std::string&, core::Sequence) override {}
    void on_plugin_output(const std::string&, bool, const std::string&) override {}
    void on_plugin_state(const core::PluginStatus&) override {}
    void on_crash(const core::CrashReport&) override {}

    TemporaryDirectory home_;
    core::SystemClock clock_;
    boost::asio::io_context io_;
    std::unique_ptr<core::Journal> journal_;
    core::Journal::Subscription committed_;
    std::unique_ptr<core::Engine> engine_;
    std::mutex mutex_;
    std::map<std::uint64_t, std::int64_t> committed_at_;
};

}  // namespace

void commit_latency(Bench& bench) {
    const auto taken = OwnEngine().measure(scaled(1000, 50));
    bench.table.add({.id = "commit_to_callback",
                     .what = "journal commit to start of callback, idle system, median",
                     .value = ms(quantile(taken, 0.5)),
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 0.15});
    bench.table.add({.id = "commit_to_callback_99",
                     .what = "the same, 99 %",
                     .value = ms(quantile(taken, 0.99)),
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 1});
}

void hub_latency(Bench& bench) {
    const std::size_t events = scaled(2000, 100);
    Studio studio({.daemon = {.plugins = {{.name = "a", .settings = "stamps: true"}},
                              .sources = "  hub: {kind: ftrack, site: studio, topics: [ftrack.update, test.stamp]}\n"}});
    studio.daemon.install_recorder("a");
    studio.daemon.start();
    studio.daemon.await("the hub to be live", [&] { return studio.daemon.source("hub").state == "live"; });
    studio.daemon.await_state("a", "running");
    std::map<std::string, std::int64_t> sent;
    for (std::size_t i = 0; i < events; ++i) {
        const std::string id = "stamp-" + std::to_string(i);
        sent[id] = now_ns();
        studio.site.publish("test.stamp", "{}", id);
        std::this_thread::sleep_for(5ms);  // a lively site, not a full pipe
    }
    studio.daemon.await("all to be handled", [&] { return studio.daemon.handled("a").events().size() >= events; });
    std::vector<std::int64_t> taken;
    for (const HandledLine& line : studio.daemon.handled("a").events())
        if (const auto at = sent.find(line.id); at != sent.end()) taken.push_back(stamp_of(line) - at->second);
    const double median = ms(quantile(taken, 0.5)), commit = bench.limits.commit_ms();
    bench.table.add({.id = "hub_to_callback",
                     .what = fmt::format("ftrack hub packet to start of callback, median {:.2f} ms: above a commit of "
                                         "{:.2f} ms",
                                         median, commit),
                     .value = median - commit,
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 0.3});
    bench.table.add({.id = "hub_to_callback_99",
                     .what = "the same from end to end, 99 %",
                     .value = ms(quantile(taken, 0.99)),
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 3});
}

}  // namespace foley::bench
