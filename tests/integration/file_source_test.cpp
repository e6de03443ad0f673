// The file source as other programs treat it: lines cut in two, rotation, truncation, rubbish, absence.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace foley::testing;
using Ids = std::vector<std::string>;

namespace {

void append(const std::filesystem::path& path, const std::string& text) {
    std::ofstream stream(path, std::ios::binary | std::ios::app);
    stream << text << std::flush;
    REQUIRE(stream.good());
}

std::string event(const std::string& id) {
    return R"({"id":")" + id + R"(","type":"test.note"})" + "\n";
}

struct Following {
    Following() : daemon({.plugins = {{.name = "a"}}}) {
        daemon.install_recorder("a");
        daemon.start();
        daemon.await_state("a", "running");
    }
    void await_ids(const Ids& ids) {
        daemon.await("the events to be handled", [&] { return daemon.handled("a").ids().size() >= ids.size(); });
        CHECK(daemon.handled("a").ids() == ids);
    }
    Daemon daemon;
};

}  // namespace

TEST_CASE("a line counts when it is whole", "[integration]") {
    Following f;
    append(f.daemon.events_file(), event("1") + R"({"id":"2","type":)");
    f.await_ids({"1"});
    append(f.daemon.events_file(), "\"test.note\"}\n");
    f.await_ids({"1", "2"});
}

TEST_CASE("a file that is rotated is followed, also while the daemon is away", "[integration]") {
    Following f;
    const auto file = f.daemon.events_file(), old = f.daemon.directory() / "events.jsonl.1";
    append(file, event("1"));
    f.await_ids({"1"});
    std::filesystem::rename(file, old);
    append(old, event("2"));  // the writer has not noticed yet
    append(file, event("3"));
    f.await_ids({"1", "2", "3"});
    f.daemon.await_caught_up("a");  // or the third is still in its callback, and comes again
    f.daemon.kill();
    append(file, event("4"));
    std::filesystem::rename(file, f.daemon.directory() / "events.jsonl.2");
    append(file, event("5"));
    f.daemon.start();
    f.await_ids({"1", "2", "3", "4", "5"});
}

TEST_CASE("a file that is truncated is read from its beginning", "[integration]") {
    Following f;
    const auto file = f.daemon.events_file();
    append(file, event("1") + event("2"));
    f.await_ids({"1", "2"});
    std::filesystem::resize_file(file, 0);
    append(file, event("3"));
    f.await_ids({"1", "2", "3"});
}

TEST_CASE("a line that is no event is set aside and shown, and the rest goes on", "[integration]") {
    Following f;
    append(f.daemon.events_file(), event("1") + "this is no JSON\n[1,2]\n" + event("2"));
    f.await_ids({"1", "2"});
    f.daemon.await("both to be set aside", [&] { return f.daemon.source("lines").set_aside == 2; });
    CHECK(f.daemon.source("lines").state == "live");
}

TEST_CASE("an event that is written twice is handled once", "[integration]") {
    Following f;
    append(f.daemon.events_file(), event("1") + event("1") + event("2"));
    f.await_ids({"1", "2"});
    f.daemon.await("the duplicate to be counted", [&] { return f.daemon.source("lines").duplicates == 1; });
}

TEST_CASE("a paused source reads nothing until it is resumed", "[integration]") {
    Following f;
    f.daemon.post("/v1/sources/lines/pause");
    f.daemon.await("the source to be paused", [&] { return f.daemon.source("lines").state == "paused"; });
    append(f.daemon.events_file(), event("1"));
    f.daemon.post("/v1/sources/lines/resume");
    f.await_ids({"1"});
}
