// A Poller with a fake site, a fake clock and a journal in memory, as tests drive it.
#pragma once

#include "fake_event_log.hpp"
#include "memory_journal.hpp"

#include "core/source/shotgrid/poller.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

struct ShotgridRig {
    FakeClock clock;
    FakeEventLog log{clock};
    MemoryJournal journal;
    ShotgridSourceOptions options = usual_options();
    bool stopping = false;
    std::vector<std::pair<int, std::string>> told;

    static ShotgridSourceOptions usual_options() {
        ShotgridSourceOptions options;
        options.name = "shows";
        options.connection.name = "studio";
        options.connection.kind = "shotgrid";
        options.connection.url = "https://studio.example.com";
        options.connection.user = "foley";
        options.connection.secret = Secret("s3cret");
        return options;
    }

    // A new run of the source: what the journal knows is all that is left of the one before.
    void start() {
        poller_.reset();
        board_.emplace(options.name, "shotgrid", clock);
        context_.emplace(SourceContext{journal, clock,
                                       [this](int level, const std::string& text) { told.emplace_back(level, text); }});
        site::ShotgridOptions site;
        site.attempts = 1;
        poller_ = std::make_unique<shotgrid::Poller>(
            options, site::Shotgrid(options.connection, log.transport(), std::move(site)), *context_, *board_,
            [this] { return stopping; });
        next_ = clock.mono;
    }
    shotgrid::Poller& poller() { return *poller_; }

    void step() { next_ = poller().step(); }
    // Steps as they fall due until so much time has passed.
    void live(std::chrono::milliseconds time) {
        const auto end = clock.mono + time;
        while (next_ <= end) {
            if (next_ > clock.mono) clock.pass(next_ - clock.mono);
            step();
        }
        if (end > clock.mono) clock.pass(end - clock.mono);
    }
    // Steps without letting time pass, as long as the source wants that.
    void settle() {
        do
            step();
        while (next_ <= clock.mono);
    }
    void hint(const std::vector<std::uint64_t>& ids) { next_ = std::min(next_, poller().hint(ids)); }
    std::chrono::milliseconds wait() const { return std::chrono::round<std::chrono::milliseconds>(next_ - clock.mono); }

    SourceStatus status() const { return board_->get(); }
    std::string more(const std::string& name) const {
        for (const auto& [key, value] : status().more)
            if (key == name) return value;
        return "-";
    }
    // The ids of the site's events in the journal, in its order.
    std::vector<std::uint64_t> ids() const {
        std::vector<std::uint64_t> out;
        for (const auto& event : journal.of_kind(EventKind::site))
            out.push_back(std::stoull(event.id));
        return out;
    }
    std::size_t count_told(int level, const std::string& part) const {
        std::size_t count = 0;
        for (const auto& [severity, text] : told)
            if (severity == level && text.find(part) != std::string::npos) ++count;
        return count;
    }

private:
    std::optional<StatusBoard> board_;
    std::optional<SourceContext> context_;
    std::unique_ptr<shotgrid::Poller> poller_;
    SteadyTime next_{};
};

inline std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> out;
    for (auto id = first; id <= last; ++id)
        out.push_back(id);
    return out;
}

// Has read 1 to 100 and is idle.
struct Following : ShotgridRig {
    Following() {
        options.start = ShotgridSourceOptions::Start::earliest;
        log.commit(1, 100);
        start();
        settle();
        REQUIRE(ids() == numbers(1, 100));
    }
};

}  // namespace foley::core
