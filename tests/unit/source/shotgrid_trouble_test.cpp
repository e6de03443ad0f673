// A ShotGrid source never loses its place: whatever the site, the connection, the journal or an entry does.
#include "shotgrid_rig.hpp"

#include <foley/abi.h>

#include <catch2/catch.hpp>

using namespace foley;
using namespace foley::core;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint64_t>;
using Start = ShotgridSourceOptions::Start;

namespace {

struct Trouble {
    const char* name;
    FakeEventLog::Fault fault;
    SourceState state;
    const char* told;  // a part of the sentence
};

FakeEventLog::Fault answers(int status, const std::string& body, const std::string& type = "application/json") {
    return [=] { return FakeEventLog::of(status, body, type); };
}
template <typename Error, typename... Arguments>
FakeEventLog::Fault throws(const Arguments&... arguments) {
    return [=]() -> site::Response { throw Error(arguments...); };
}

const std::vector<Trouble>& troubles() {
    static const std::vector<Trouble> kTroubles{
        {"502", answers(502, "<html>Bad Gateway</html>", "text/html"), SourceState::waiting, "502"},
        {"maintenance", answers(503, "<html>back soon</html>", "text/html"), SourceState::waiting, "maintenance"},
        {"504", answers(504, "", "text/html"), SourceState::waiting, "504"},
        {"a proxy's page", answers(200, "<html>Please log in</html>", "text/html"), SourceState::waiting,
         "not the JSON"},
        {"a cut answer", answers(200, R"({"results":{"entities":[{"id":101,)"), SourceState::waiting, "not the JSON"},
        {"an empty answer", answers(200, ""), SourceState::waiting, "not the JSON"},
        {"an answer of another form", answers(200, R"({"results":{"entities":7}})"), SourceState::waiting,
         "no list of entities"},
        {"results that are a text", answers(200, R"({"results":"entities"})"), SourceState::waiting,
         "no list of entities"},
        {"an entry without id", answers(200, R"({"results":{"entities":[{"type":"EventLogEntry"}],"paging_info":{}}})"),
         SourceState::waiting, "damaged"},
        {"an entry that is none", answers(200, R"({"results":{"entities":[null],"paging_info":{}}})"),
         SourceState::waiting, "damaged"},
        {"a fault of the site", answers(200, R"({"exception":true,"error_code":999,"message":"disk on fire"})"),
         SourceState::waiting, "disk on fire"},
        {"an expired key", answers(200, R"({"exception":true,"error_code":102,"message":"Can't authenticate script"})"),
         SourceState::refused, "Can't authenticate"},
        {"an address that is not allowed", answers(403, "<html>IP not allowed</html>", "text/html"),
         SourceState::refused, "IP not allowed"},
        {"no such path", answers(404, "<html>Not Found</html>", "text/html"), SourceState::refused, "404"},
        {"another address", answers(302, "", "text/html"), SourceState::refused, "302"},
        {"no connection", throws<site::ConnectionError>("the site cannot be reached", site::Reached::no),
         SourceState::waiting, "cannot be reached"},
        {"a lost connection", throws<site::ConnectionError>("the connection was lost", site::Reached::maybe),
         SourceState::waiting, "was lost"},
        {"a slow site", throws<site::TimeoutError>("did not answer in time", site::Reached::maybe),
         SourceState::waiting, "in time"},
        {"a wrong certificate", throws<site::TlsError>("the certificate is not trusted"), SourceState::refused,
         "not trusted"},
    };
    return kTroubles;
}

}  // namespace

TEST_CASE("no trouble with the site costs the place", "[source][shotgrid]") {
    for (const auto& trouble : troubles()) {
        DYNAMIC_SECTION(trouble.name) {
            Following rig;
            const auto cursor = rig.journal.cursor("shows");
            rig.log.commit(101, 102);
            rig.log.commit(104, 105);
            rig.log.fault = trouble.fault;
            rig.live(15min);
            CHECK(rig.status().state == trouble.state);
            INFO(rig.status().detail);
            CHECK(rig.status().detail.find(trouble.told) != std::string::npos);
            CHECK(rig.status().next_try);
            CHECK(rig.ids().size() == 100);
            CHECK(rig.journal.cursor("shows") == cursor);
            // Told once, as long as it stays the same.
            const bool refused = trouble.state == SourceState::refused;
            CHECK(rig.count_told(refused ? FOLEY_LOG_ERROR : FOLEY_LOG_WARNING, trouble.told) == 1);

            rig.log.fault = nullptr;
            rig.log.commit(104, 105);  // a moment ago, so what is missing below is young
            rig.live(61s);
            CHECK(rig.status().state == SourceState::live);
            CHECK(rig.status().reconnects == 1);
            CHECK(rig.ids().size() == 104);
            rig.log.commit(103);
            rig.live(10s);
            CHECK(rig.ids().back() == 103);
            CHECK(rig.ids().size() == 105);
        }
    }
}

TEST_CASE("an answer to another question is none", "[source][shotgrid]") {
    Following rig;
    rig.log.commit(101);
    rig.log.fail_next(answers(200, R"({"results":{"entities":[{"id":5},{"id":7}],"paging_info":{}}})"));
    rig.clock.pass(2s);
    rig.step();
    CHECK(rig.status().state == SourceState::waiting);
    CHECK(rig.status().detail.find("not asked for") != std::string::npos);
    rig.live(2s);
    CHECK(rig.ids() == numbers(1, 101));
}

TEST_CASE("a source starts when its site can be reached, and not before", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.log.commit(1, 100);
    rig.log.fault = throws<site::ConnectionError>("the site cannot be reached", site::Reached::no);
    rig.start();
    rig.live(2h);
    CHECK(rig.status().state == SourceState::waiting);
    rig.log.fault = nullptr;
    rig.live(1min);
    CHECK(rig.status().state == SourceState::live);
    CHECK(rig.ids().empty());
    rig.log.commit(101);
    rig.live(10s);
    CHECK(rig.ids() == Ids{101});
}

TEST_CASE("a site that is away is asked less and less often, a refused one once a minute", "[source][shotgrid]") {
    Following rig;
    int requests = 0;
    SECTION("away") {
        rig.log.fault = [&]() -> site::Response {
            ++requests;
            throw site::ConnectionError("the site cannot be reached", site::Reached::no);
        };
        rig.live(10min);
        CHECK(requests > 20);
        CHECK(requests < 60);
    }
    SECTION("refused: loud again after an hour") {
        rig.log.fault = [&] {
            ++requests;
            return FakeEventLog::of(200, R"({"exception":true,"error_code":102,"message":"expired"})");
        };
        rig.live(2h + 1min);
        CHECK(requests >= 120);
        CHECK(requests <= 125);
        CHECK(rig.count_told(FOLEY_LOG_ERROR, "expired") == 3);
        CHECK(rig.count_told(FOLEY_LOG_ERROR, "s3cret") == 0);
    }
}

TEST_CASE("a site in maintenance is left alone for as long as it asks", "[source][shotgrid]") {
    Following rig;
    rig.log.fault = [] {
        auto response = FakeEventLog::of(503, "");
        response.headers.emplace_back("Retry-After", "45");
        return response;
    };
    rig.live(11s);
    CHECK(rig.status().state == SourceState::waiting);
    CHECK(rig.wait() > 30s);
    CHECK(rig.wait() <= 45s);
}

TEST_CASE("answers that are too much for the connection are asked for in smaller pages", "[source][shotgrid]") {
    Following rig;
    rig.log.commit(101, 2'000);
    for (int i = 0; i < 3; ++i)
        rig.log.fail_next(throws<site::TimeoutError>("did not answer in time", site::Reached::maybe));
    rig.live(10s);
    CHECK(rig.ids() == numbers(1, 2'000));
    CHECK(rig.log.last_limit() > 62);  // larger again
}

TEST_CASE("nothing is given up while the site was away", "[source][shotgrid]") {
    Following rig;
    rig.log.commit(102);
    rig.live(2s);
    REQUIRE(rig.more("missing") == "101");
    rig.log.fault = answers(503, "");
    rig.live(1h);
    rig.log.fault = nullptr;
    rig.log.commit(101);
    rig.live(1min);
    CHECK(rig.ids().back() == 101);
    CHECK(rig.more("never_appeared") == "0");
}

TEST_CASE("an entry without meta, entity, user, project, attribute or type is an event all the same",
          "[source][shotgrid]") {
    Following rig;
    rig.log.commit(101, R"("event_type":"Shotgun_Project_Change","attribute_name":null,"meta":null,"entity":null,)"
                        R"("user":null,"project":null,"session_uuid":null)");
    rig.log.commit(102, R"("event_type":null)");
    rig.log.commit(103, R"("event_type":"Shotgun_Task_Change","meta":"odd","entity":[],"user":7,"project":"x")");
    rig.log.commit(104, R"("event_type":"Shotgun_Task_Change","created_at":null)");
    rig.log.commit(106, R"("event_type":"Shotgun_Task_Change","created_at":"never")");
    rig.live(3s);
    CHECK(rig.ids().back() == 106);
    CHECK(rig.ids().size() == 105);
    CHECK(rig.status().set_aside == 0);
    CHECK(rig.more("missing") == "105");
    const auto events = rig.journal.events();
    CHECK(events[100].changes.empty());
    CHECK(events[101].type.empty());
    CHECK(events[102].user.empty());
}

TEST_CASE("an entry that is nested too deeply is put aside whole, and the others go on", "[source][shotgrid]") {
    Following rig;
    std::string deep = R"("event_type":"Shotgun_Task_Change","meta":)";
    for (int i = 0; i < 400; ++i)
        deep += R"({"a":)";
    deep += "1" + std::string(400, '}');
    rig.log.commit(101);
    rig.log.commit(102, deep);
    rig.log.commit(103);
    rig.live(3s);
    CHECK(rig.ids().size() == 102);
    CHECK(rig.ids().back() == 103);
    CHECK(rig.status().set_aside == 1);
    CHECK(rig.status().open_gaps == 0);
    const auto aside = rig.journal.aside(10);
    REQUIRE(aside.size() == 1);
    CHECK(aside[0].source == "shows");
    CHECK(aside[0].reason.find("event 102") != std::string::npos);
    CHECK(aside[0].text.find(R"("id":102)") != std::string::npos);
}

// ── the journal ─────────────────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("while the journal takes nothing the source does not go on, and says so", "[source][shotgrid]") {
    Following rig;
    rig.journal.fail("the disk is full");
    rig.log.commit(101, 600);
    rig.log.commit(602, 700);
    rig.live(1min);
    CHECK(rig.status().state == SourceState::stopped_by_journal);
    CHECK(rig.status().detail == "the disk is full");
    CHECK(rig.count_told(FOLEY_LOG_ERROR, "disk is full") == 1);
    CHECK(rig.ids().size() == 100);
    CHECK(rig.log.pages() < 20);  // it did not read what it cannot keep
    rig.journal.fail("");
    rig.live(3s);
    CHECK(rig.status().state == SourceState::live);
    CHECK(rig.ids().size() == 699);
    CHECK(rig.status().duplicates == 0);
    rig.log.commit(601);
    rig.live(10s);
    CHECK(rig.ids().size() == 700);
}

TEST_CASE("a source that ends at any moment takes every event once, early and late", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = Start::earliest;
    rig.options.page = 40;
    rig.start();
    std::uint64_t next = 1;
    std::vector<std::uint64_t> later;
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < 7; ++i, ++next) {
            if (next % 5 == 0) {
                later.push_back(next);
            } else {
                rig.log.commit(next);
            }
        }
        if (round % 3 == 0) {
            for (const auto id : later)
                if (id % 10 == 0) rig.log.commit(id);
            std::erase_if(later, [](std::uint64_t id) { return id % 10 == 0; });
        }
        if (round % 4 == 1) rig.journal.fail("for a moment");
        rig.live(std::chrono::milliseconds(300 + 170 * (round % 7)));
        rig.journal.fail("");
        if (round % 5 == 2) rig.start();  // killed
        if (round % 50 == 49) rig.live(2s);
    }
    for (const auto id : later)
        rig.log.commit(id);
    rig.live(2min);
    auto ids = rig.ids();
    std::sort(ids.begin(), ids.end());
    CHECK(ids == numbers(1, next - 1));
}

TEST_CASE("gaps and their age survive a restart", "[source][shotgrid]") {
    Following rig;
    rig.log.commit(102);
    rig.live(4min);
    REQUIRE(rig.more("missing") == "101");
    rig.poller().keep_place();
    rig.start();
    rig.live(50s);
    CHECK(rig.more("missing") == "101");
    rig.live(15s);
    CHECK(rig.more("given_up") == "101");
    rig.start();
    rig.settle();
    CHECK(rig.more("given_up") == "101");
    rig.log.commit(101);
    rig.live(1h);
    CHECK(rig.ids().back() == 101);
}

// ── the place ───────────────────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a place that this version cannot read is kept, and refused", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.log.commit(1, 100);
    const auto text = GENERATE(as<std::string>{}, R"({"version":2,"kind":"shotgrid","last":7})",
                               R"({"version":1,"kind":"shotgrid","last":-7,"gaps":{"gaps":[]}})",
                               R"({"version":1,"kind":"shotgrid","last":7,"gaps":[]})");
    rig.journal.set_cursor("shows", text);
    rig.start();
    rig.live(5min);
    CHECK(rig.status().state == SourceState::refused);
    CHECK(rig.status().detail.find("newer foley") != std::string::npos);
    CHECK(rig.journal.cursor("shows") == text);
    CHECK(rig.log.reads() == 0);
    CHECK(rig.count_told(FOLEY_LOG_ERROR, "newer foley") == 1);
}

TEST_CASE("the place of a source of another kind counts as none", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.log.commit(1, 100);
    rig.journal.set_cursor("shows", R"({"version":1,"heard":5,"event":"","session":""})");
    rig.start();
    rig.settle();
    CHECK(rig.status().state == SourceState::live);
    CHECK(rig.count_told(FOLEY_LOG_WARNING, "counts as none") == 1);
    CHECK(rig.more("position") == "100");
}

TEST_CASE("a site that was set back below the place is refused, and leaves a gap when it has passed it",
          "[source][shotgrid]") {
    Following rig;
    rig.log.set_back();
    rig.log.commit(1, 50);
    rig.start();
    rig.live(5min);
    CHECK(rig.status().state == SourceState::refused);
    CHECK(rig.status().detail.find("100") != std::string::npos);
    rig.log.commit(51, 120);
    rig.live(2min);
    CHECK(rig.status().state == SourceState::live);
    CHECK(rig.ids() == numbers(1, 120));
    const auto gaps = rig.journal.of_kind(EventKind::gap);
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].payload.find("set back below event 100") != std::string::npos);
}

TEST_CASE("a site that is behind for a moment only is waited for", "[source][shotgrid]") {
    Following rig;
    rig.start();
    rig.log.fail_next(answers(200, R"({"results":{"version":[8,72,0]}})"));
    rig.log.fail_next(answers(200, R"({"results":{"entities":[{"id":97}],"paging_info":{}}})"));
    rig.log.commit(101);
    rig.step();
    CHECK(rig.status().state == SourceState::waiting);
    CHECK(rig.status().detail.find("does not show event 100") != std::string::npos);
    rig.live(2s);
    CHECK(rig.status().state == SourceState::live);
    CHECK(rig.ids() == numbers(1, 101));
    CHECK(rig.journal.of_kind(EventKind::gap).empty());
}

TEST_CASE("another address of the site is told, and the place stays", "[source][shotgrid]") {
    Following rig;
    rig.options.connection.url = "https://studio.shotgrid.autodesk.com";
    rig.log.commit(101);
    rig.start();
    rig.settle();
    CHECK(rig.ids() == numbers(1, 101));
    CHECK(rig.count_told(FOLEY_LOG_WARNING, "https://studio.example.com") == 1);
}

TEST_CASE("an interrupted request is no trouble of the site", "[source][shotgrid]") {
    Following rig;
    rig.log.fault = [&]() -> site::Response {
        rig.stopping = true;
        throw site::ConnectionError("interrupted", site::Reached::maybe);
    };
    rig.clock.pass(10s);
    rig.step();
    CHECK(rig.count_told(FOLEY_LOG_WARNING, "interrupted") == 0);
    CHECK(rig.status().state == SourceState::live);
}
