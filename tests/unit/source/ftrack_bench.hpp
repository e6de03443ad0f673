// FtrackBench: an ftrack source, the simulated site that it follows over real sockets, and a journal in memory.
#pragma once

#include "core/source/ftrack/ftrack_source.hpp"
#include "tests/sites/ftrack/sim_ftrack.hpp"
#include "tests/unit/source/await.hpp"
#include "tests/unit/source/memory_journal.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace foley::core {

// The machine's clock, which a test sets.
class ShiftedClock final : public Clock {
public:
    Timestamp now() const override { return machine_.now() + shift_.load(); }
    SteadyTime steady() const override { return machine_.steady(); }
    void shift(std::chrono::microseconds by) { shift_ = by; }

private:
    SystemClock machine_;
    std::atomic<std::chrono::microseconds> shift_{std::chrono::microseconds(0)};
};

struct FtrackBench {
    explicit FtrackBench(sim::SimFtrackOptions site_options = {}) : site(std::move(site_options)) {
        options.name = "studio";
        options.connection.name = "studio-site";
        options.connection.kind = "ftrack";
        options.connection.url = site.url();
        options.connection.user = site.options().user;
        options.connection.secret = foley::Secret(site.options().key);
        options.first_delay = std::chrono::milliseconds(10);
        options.refused_delay = std::chrono::milliseconds(50);
        options.queue.first_retry = std::chrono::milliseconds(5);
        options.queue.longest_retry = std::chrono::milliseconds(20);
    }
    ~FtrackBench() {
        if (!source) return;
        source->stop();
        source->join();
    }

    void start(bool wait = true) {
        source =
            std::make_unique<FtrackSource>(options, SourceContext{journal, clock, [this](int, const std::string& text) {
                                                                      {
                                                                          const std::lock_guard lock(log_mutex);
                                                                          log += text + "\n";
                                                                      }
                                                                      if (on_log) on_log(text);
                                                                  }});
        source->start();
        if (wait) REQUIRE(is_live());
    }
    void stop() {
        source->stop();
        source->join();
        source.reset();
    }
    bool is_live() {
        return await([this] { return source->status().state == SourceState::live; });
    }
    std::string logged() {
        const std::lock_guard lock(log_mutex);
        return log;
    }
    std::size_t events() const { return journal.of_kind(EventKind::site).size(); }
    std::size_t gaps() const { return journal.of_kind(EventKind::gap).size(); }
    bool await_events(std::size_t count) {
        return await([&] { return events() >= count; });
    }

    sim::SimFtrack site;
    MemoryJournal journal;
    ShiftedClock clock;
    FtrackSourceOptions options;
    std::mutex log_mutex;
    std::string log;
    std::function<void(const std::string& text)> on_log;  // set before the start
    std::unique_ptr<FtrackSource> source;
};

}  // namespace foley::core
