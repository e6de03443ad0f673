// A ShotGrid site that people work on all day, in a minute: ids that come late, out of order or never, a way to the
// site that is broken time and again, and a daemon that is killed. What counts is the end: each plugin has handled
// every event that the site has.
#include "integration/harness/show.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace foley::testing;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint64_t>;
using HttpFault = foley::sim::shotgrid::HttpFault;

namespace {

// All times of the site and of the source are in minutes that pass this quickly.
constexpr auto kMinute = 500ms;
constexpr double kLate = 0.03, kNever = 0.01, kFaulty = 0.05;

const std::vector<std::string> kPlugins = {"a", "b", "c", "d", "e"};

std::string minutes(int count) {
    return std::to_string((count * kMinute).count()) + "ms";
}

Show::Options options() {
    Show::Options options;
    options.plugins.clear();
    for (const std::string& name : kPlugins)
        options.plugins.push_back({.name = name, .settings = name == "c" ? "work: 150us" : ""});
    options.source = "start: earliest, page: 150, gap_timeout: " + minutes(5) + ", gap_recheck: " + minutes(60) +
                     ", gap_recheck_for: " + minutes(24 * 60);
    options.pace = "poll: 50ms, poll_idle: 50ms";
    return options;
}

void trouble(Show& show, Chance& chance) {
    show.site.with([&](auto& world) {
        world.site.log.set_lateness({kLate, kNever, kMinute, chance.between(1, 1'000'000)});
        world.faults.set_share(kFaulty, chance.between(1, 1'000'000),
                               {{.kind = HttpFault::Kind::status, .status = 502},
                                {.kind = HttpFault::Kind::html},
                                {.kind = HttpFault::Kind::cut},
                                {.kind = HttpFault::Kind::slow, .delay = 200ms},
                                {.kind = HttpFault::Kind::damaged}});
    });
}

std::uint64_t position(Show& show) {
    const auto text = show.source().more["position"];
    return text.empty() ? 0 : std::stoull(text);
}

void check_promise(Show& show, const std::string& plugin, const Ids& committed, std::size_t kills) {
    CAPTURE(plugin);
    const Handled handled = show.daemon.handled(plugin);
    Ids ids = show.ids(plugin);
    const auto calls = ids.size();
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    Ids lost;
    std::set_difference(committed.begin(), committed.end(), ids.begin(), ids.end(), std::back_inserter(lost));
    CHECK(lost == Ids{});
    CHECK(ids.size() == committed.size());
    CHECK(calls - ids.size() <= kills);
    CHECK(handled.repeated() == calls - ids.size());
    CHECK(handled.repeated_wrongly() == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("late, lost and damaged answers, and five kills, cost five plugins no event of a ShotGrid site", "[faults]") {
    constexpr std::size_t kKills = 5, kChunk = 250, kAhead = 3'000;
    Chance chance;
    Show show(options());
    trouble(show, chance);
    const auto begin = std::chrono::steady_clock::now();
    show.daemon.start();
    const std::size_t events = scaled(10'000, 1'000);
    std::size_t made = 0;
    // Goes on as the source does, so that the work takes many of the site's minutes.
    const auto work_until = [&](std::size_t count) {
        while (made < count) {
            show.commit_many(std::min(kChunk, count - made));
            made += std::min(kChunk, count - made);
            show.daemon.await(
                "the source to keep up", [&] { return position(show) + kAhead >= made; }, patience(60s));
        }
    };
    for (std::size_t kill = 1; kill <= kKills; ++kill) {
        work_until(events * kill / (kKills + 1));
        // At any moment of the work on it.
        const auto somewhere = made - chance.between(0, std::min<std::size_t>(made, 1'000));
        show.daemon.await(
            "some of it to be read", [&] { return position(show) >= somewhere; }, patience(60s));
        show.daemon.kill();
        show.daemon.start();
    }
    work_until(events);
    // So that what is missing at the end can be seen to be.
    show.site.with([](auto& world) { world.site.log.set_lateness({}); });
    const auto last = show.commit();
    show.daemon.await(
        "all to have come, or to be given up", [&] { return position(show) == last && show.source().open_gaps == 0; },
        patience(2min));
    for (const std::string& plugin : kPlugins)
        show.daemon.await(
            plugin + " to have handled all of it",
            [&] { return show.daemon.plugin(plugin).position == show.daemon.status().head; }, patience(2min));
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin);

    Ids committed;
    for (const auto id : show.site.committed())
        committed.push_back(static_cast<std::uint64_t>(id));
    for (const std::string& plugin : kPlugins)
        check_promise(show, plugin, committed, kKills);
    CHECK(show.source().duplicates == 0);
    std::size_t repeated = 0;
    for (const std::string& plugin : kPlugins)
        repeated += show.daemon.handled(plugin).repeated();
    const auto [requests, faults, never] = show.site.with(
        [](auto& world) { return std::tuple(world.requests, world.faults.injected(), world.site.log.lost()); });
    CHECK(committed.size() + never == last);
    WARN(last << " ids, " << never << " of them never came; " << requests << " requests, " << faults
              << " of them spoilt; " << repeated << " repetitions after " << kKills << " kills; " << took.count()
              << " s, " << took / kMinute << " minutes of the site");
}
