// ShotgridSource as the engine sees it: with its thread, over a fake transport.
#include "core/source/shotgrid/shotgrid_source.hpp"

#include "await.hpp"
#include "fake_event_log.hpp"
#include "memory_journal.hpp"

#include <catch2/catch.hpp>

#include <mutex>

using namespace foley;
using namespace foley::core;
using namespace std::chrono_literals;

namespace {

// A site behind a lock.
struct Setup {
    FakeClock site_clock;
    FakeEventLog log{site_clock};
    SystemClock clock;
    MemoryJournal journal;
    ShotgridSourceOptions options;
    std::mutex mutex;
    std::size_t requests = 0;  // guarded by mutex, as the log

    Setup() {
        options.name = "shows";
        options.connection.name = "studio";
        options.connection.url = "https://studio.example.com";
        options.connection.user = "foley";
        options.connection.secret = Secret("s3cret");
        options.start = ShotgridSourceOptions::Start::earliest;
        options.poll = options.poll_idle = 2ms;
        options.gaps.fastest_probe = 2ms;
    }
    std::unique_ptr<ShotgridSource> source() {
        auto inner = std::shared_ptr<site::Transport>(log.transport());
        auto transport = std::make_unique<site::FakeTransport>([this, inner](const site::Request& request) {
            const std::lock_guard lock(mutex);
            ++requests;
            return inner->send(request);
        });
        return std::make_unique<ShotgridSource>(options, SourceContext{journal, clock, nullptr}, std::move(transport));
    }
    void commit(std::uint64_t first, std::uint64_t last) {
        const std::lock_guard lock(mutex);
        log.commit(first, last);
    }
    std::size_t count_requests() {
        const std::lock_guard lock(mutex);
        return requests;
    }
};

}  // namespace

TEST_CASE("a ShotGrid source follows its site and ends when it is asked to", "[source][shotgrid]") {
    Setup setup;
    setup.commit(1, 10);
    auto source = setup.source();
    CHECK(source->name() == "shows");
    CHECK(source->site() == "studio");
    CHECK(source->status().kind == "shotgrid");
    CHECK(source->status().state == SourceState::starting);
    source->start();
    REQUIRE(await([&] { return setup.journal.events().size() == 10; }));
    setup.commit(11, 600);
    REQUIRE(await([&] { return setup.journal.events().size() == 600; }));
    CHECK(await([&] { return source->status().state == SourceState::live; }));
    source->stop();
    source->join();
    CHECK(source->status().state == SourceState::stopped);
    CHECK_FALSE(source->reply(setup.journal.events().front(), "{}"));
}

TEST_CASE("a paused ShotGrid source asks nothing, and goes on where it was", "[source][shotgrid]") {
    Setup setup;
    setup.commit(1, 10);
    auto source = setup.source();
    source->start();
    REQUIRE(await([&] { return setup.journal.events().size() == 10; }));
    source->pause(true);
    REQUIRE(await([&] { return source->status().state == SourceState::paused; }));
    const auto requests = setup.count_requests();
    setup.commit(11, 20);
    CHECK(setup.count_requests() == requests);
    source->pause(false);
    REQUIRE(await([&] { return setup.journal.events().size() == 20; }));
    CHECK(setup.count_requests() > requests);
    CHECK(await([&] { return source->status().state == SourceState::live; }));
}

TEST_CASE("a ShotGrid source that waits for a long time ends at once", "[source][shotgrid]") {
    Setup setup;
    setup.log.fault = []() -> site::Response { throw site::TlsError("the certificate is not trusted"); };
    auto source = setup.source();
    source->start();
    REQUIRE(await([&] { return source->status().state == SourceState::refused; }));
    const auto begin = std::chrono::steady_clock::now();
    source->stop();
    source->join();
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    CHECK(source->status().state == SourceState::stopped);
}

TEST_CASE("a ShotGrid source without script or key is refused when it is made", "[source][shotgrid]") {
    Setup setup;
    setup.options.connection.user = "";
    CHECK_THROWS_AS(ShotgridSource(setup.options, SourceContext{setup.journal, setup.clock, nullptr}), SiteError);
}
