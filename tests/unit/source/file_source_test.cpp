#include "core/source/file/file_source.hpp"

#include "core/source/file/file_cursor.hpp"
#include "core/source/file/line_splitter.hpp"
#include "tests/unit/source/await.hpp"
#include "tests/unit/source/memory_journal.hpp"

#include <foley/json.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>

#include <unistd.h>

using namespace foley::core;
using namespace std::chrono_literals;
namespace json = foley::json;

namespace {

struct Bench {
    Bench() {
        std::string pattern = (std::filesystem::temp_directory_path() / "foley-file-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        folder = pattern;
        options.name = "lines";
        options.path = folder / "events.jsonl";
        options.start = FileSourceOptions::Start::beginning;
        options.poll = 2ms;
        options.linger = 50ms;
    }
    ~Bench() {
        if (source) stop();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    void start() {
        source = std::make_unique<FileSource>(options, SourceContext{journal, clock, log});
        source->start();
    }
    void stop() {
        source->stop();
        source->join();
        source.reset();
    }
    void write(const std::string& text) const { std::ofstream(options.path, std::ios::app | std::ios::binary) << text; }
    void event(const std::string& id) const { write(R"({"id":")" + id + "\"}\n"); }
    std::vector<std::string> ids() const {
        std::vector<std::string> out;
        for (const auto& event : journal.of_kind(EventKind::site))
            out.push_back(event.id);
        return out;
    }
    // As logrotate does: .1 becomes .2, the file .1; the next line makes a new one.
    void rotate() const {
        for (int i = 8; i > 0; --i) {
            const auto from = numbered(i);
            if (std::filesystem::exists(from)) std::filesystem::rename(from, numbered(i + 1));
        }
        std::filesystem::rename(options.path, numbered(1));
    }
    std::filesystem::path numbered(int number) const { return options.path.string() + "." + std::to_string(number); }
    // Why there are gaps, in order.
    std::vector<std::string> gaps() const {
        std::vector<std::string> out;
        for (const auto& gap : journal.of_kind(EventKind::gap))
            out.emplace_back(json::text_or_empty(json::parse(gap.payload), "reason"));
        return out;
    }
    std::uint64_t generation() const { return json::parse(*journal.cursor("lines"))["generation"].GetUint64(); }
    bool await_ids(const std::vector<std::string>& wanted) {
        const bool came = await([&] { return ids() == wanted; });
        CHECK(ids() == wanted);
        return came;
    }

    std::filesystem::path folder;
    MemoryJournal journal;
    SystemClock clock;
    FileSourceOptions options;
    std::function<void(int, const std::string&)> log;
    std::unique_ptr<FileSource> source;
};

}  // namespace

TEST_CASE("each line is an event, with the id in it or its place in the file", "[source][file]") {
    Bench bench;
    bench.write("{\"id\":\"a\",\"type\":\"x\"}\n{\"type\":\"y\"}\r\n\n  \n{\"id\":7}\n");
    bench.start();
    REQUIRE(bench.await_ids({"a", "1:22", "7"}));
    CHECK(bench.journal.events()[1].type == "y");
    CHECK(bench.journal.events()[1].payload == R"({"type":"y"})");
}

TEST_CASE("a line that is not complete waits for its end", "[source][file]") {
    Bench bench;
    bench.write("{\"id\":\"a\"}\n{\"id\":");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    bench.write("\"b\"}\n");
    CHECK(bench.await_ids({"a", "b"}));
}

TEST_CASE("a file that is not there yet is read from its beginning, whatever the start", "[source][file]") {
    Bench bench;
    bench.options.start = FileSourceOptions::Start::end;
    bench.start();
    REQUIRE(await([&] { return bench.source->status().detail.find("not there yet") != std::string::npos; }));
    bench.event("a");
    CHECK(bench.await_ids({"a"}));
}

TEST_CASE("a start at the end takes new lines only, and the one that is being written", "[source][file]") {
    Bench bench;
    bench.options.start = FileSourceOptions::Start::end;
    bench.write("{\"id\":\"old\"}\n{\"id\":");
    bench.start();
    REQUIRE(await([&] { return bench.source->status().state == SourceState::live; }));
    bench.write("\"new\"}\n");
    CHECK(bench.await_ids({"new"}));
}

TEST_CASE("lines that are no events are put aside with their place, and the rest goes on", "[source][file]") {
    Bench bench;
    bench.write("{\"id\":\"a\"}\nnot json\n[1]\n{\"id\":\"deep\",\"x\":" + std::string(300, '[') +
                std::string(300, ']') + "}\n{\"id\":\"b\"}\n");
    bench.start();
    REQUIRE(bench.await_ids({"a", "b"}));
    const auto aside = bench.journal.aside(10);
    REQUIRE(aside.size() == 3);
    CHECK(aside[0].text == "not json");
    CHECK(aside[0].reason.find("at byte 11 ") == 0);
    CHECK(aside[1].reason.find("at byte 20 ") == 0);
    CHECK(await([&] { return bench.source->status().set_aside == 3; }));
}

TEST_CASE("a renamed file is read to its end before the new one", "[source][file]") {
    Bench bench;
    bench.options.linger = kSlower * 500ms;  // in which the writer of the old file has to come to its end
    bench.event("a");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    std::ofstream old(bench.options.path, std::ios::app);
    std::filesystem::rename(bench.options.path, bench.folder / "events.jsonl.1");
    bench.event("c");
    old << "{\"id\":\"b\"}\n{\"id\":\"no line end\"}" << std::flush;
    REQUIRE(bench.await_ids({"a", "b", "no line end", "c"}));
    bench.write("{\"type\":\"x\"}\n");
    CHECK(bench.await_ids({"a", "b", "no line end", "c", "2:11"}));
}

TEST_CASE("a truncated file is read from its beginning, in a new generation", "[source][file]") {
    Bench bench;
    bench.write("{}\n{}\n");
    bench.start();
    REQUIRE(bench.await_ids({"1:0", "1:3"}));
    std::ofstream(bench.options.path, std::ios::trunc) << "{}\n";
    CHECK(bench.await_ids({"1:0", "1:3", "2:0"}));
}

TEST_CASE("a truncation leaves a gap before what comes after it: lines may have gone with it", "[source][file]") {
    Bench bench;
    bench.event("a");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    std::filesystem::resize_file(bench.options.path, 0);
    REQUIRE(await([&] { return bench.gaps().size() == 1; }));
    bench.event("b");
    REQUIRE(bench.await_ids({"a", "b"}));
    const auto events = bench.journal.events();
    REQUIRE(events.size() == 3);
    CHECK(events[1].kind == EventKind::gap);
    CHECK(bench.gaps().front().find("truncated") != std::string::npos);
    const auto gap = json::parse(events[1].payload);
    CHECK(*json::integer(gap["from"]) < *json::integer(gap["until"]));
}

TEST_CASE("a truncated file that has grown again is recognised by what is in it", "[source][file]") {
    Bench bench;
    bench.write("{\"id\":\"a\"}\n");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    std::ofstream(bench.options.path, std::ios::trunc) << "{\"id\":\"b\"}\n{\"id\":\"c\"}\n{\"id\":\"d\"}\n";
    CHECK(bench.await_ids({"a", "b", "c", "d"}));
}

TEST_CASE("a start goes on where the last one ended", "[source][file]") {
    Bench bench;
    bench.write("{}\n{}\n{\"half");
    bench.start();
    REQUIRE(bench.await_ids({"1:0", "1:3"}));
    bench.stop();
    bench.write("\":1}\n");
    bench.start();
    CHECK(bench.await_ids({"1:0", "1:3", "1:6"}));
    CHECK(bench.journal.of_kind(EventKind::gap).empty());
}

TEST_CASE("a file that was rotated while foley was away is read to its end first", "[source][file]") {
    Bench bench;
    bench.event("a");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    bench.stop();
    bench.event("b");
    std::filesystem::rename(bench.options.path, bench.folder / "events.jsonl.1");
    bench.event("c");
    bench.start();
    CHECK(bench.await_ids({"a", "b", "c"}));
    CHECK(bench.journal.of_kind(EventKind::gap).empty());
}

TEST_CASE("files that were rotated several times while foley was away are all read, in order", "[source][file]") {
    Bench bench;
    bench.event("a");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    bench.stop();
    bench.event("b");
    bench.rotate();
    bench.event("c");
    bench.rotate();
    bench.event("d");
    bench.rotate();
    bench.write("{}\n");
    bench.start();
    CHECK(bench.await_ids({"a", "b", "c", "d", "4:0"}));
    CHECK(bench.gaps().empty());
}

TEST_CASE("a second rotation before the first was noticed loses nothing", "[source][file]") {
    Bench bench;
    bench.event("a");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    for (const char* id : {"b", "c", "d"}) {
        bench.rotate();
        bench.event(id);
    }
    CHECK(bench.await_ids({"a", "b", "c", "d"}));
    CHECK(bench.gaps().empty());
    CHECK(bench.generation() == 4);
}

TEST_CASE("rotations while the journal holds the reader back lose nothing", "[source][file]") {
    Bench bench;
    bench.options.queue.queue_events = 2;
    bench.event("0");
    bench.start();
    std::vector<std::string> wanted{"0"};
    REQUIRE(bench.await_ids(wanted));
    bench.journal.hold(true);
    for (int file = 1; file < 5; ++file) {
        for (int line = 0; line < 700; ++line) {
            wanted.push_back(std::to_string(file) + "-" + std::to_string(line));
            bench.event(wanted.back());
        }
        bench.rotate();
    }
    bench.event("last");
    wanted.emplace_back("last");
    bench.journal.hold(false);
    CHECK(bench.await_ids(wanted));
    CHECK(bench.gaps().empty());
}

TEST_CASE("a start in the middle of a rotated file goes on there, and reads none twice", "[source][file]") {
    Bench bench;
    bench.event("a");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    bench.stop();
    bench.rotate();
    bench.write("{\"id\":\"b\"}\n{}\n");
    bench.rotate();
    bench.write("{}\n");
    // Stopped after the first line of the file in the middle.
    auto cursor = FileCursor::parse(*bench.journal.cursor("lines"));
    REQUIRE(cursor);
    cursor->remember({cursor->file, cursor->offset, cursor->before});
    cursor->generation = 2;
    cursor->offset = 11;
    cursor->file = *file_key(bench.numbered(1));
    cursor->before = mark_of("{\"id\":\"b\"}\n");
    bench.journal.set_cursor("lines", cursor->text());
    bench.start();
    REQUIRE(bench.await_ids({"a", "2:11", "3:0"}));
    bench.stop();
    // The oldest one is touched: newer than all others, and known.
    std::filesystem::last_write_time(bench.numbered(2), std::filesystem::file_time_type::clock::now() + 1h);
    bench.rotate();
    bench.write("{}\n");
    bench.start();
    CHECK(bench.await_ids({"a", "2:11", "3:0", "4:0"}));
    CHECK(bench.gaps().empty());
}

TEST_CASE("a file that was compressed before it could be read leaves a gap", "[source][file]") {
    Bench bench;
    bench.event("a");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    bench.stop();
    bench.rotate();
    bench.event("b");
    bench.rotate();
    std::filesystem::rename(bench.numbered(1), bench.numbered(1).string() + ".gz");
    bench.event("c");
    bench.start();
    REQUIRE(bench.await_ids({"a", "c"}));
    REQUIRE(bench.gaps().size() == 1);
    CHECK(bench.gaps().front().find("events.jsonl.1.gz was compressed") != std::string::npos);
}

TEST_CASE("an unexpected error is shown, and the source goes on from its last place", "[source][file]") {
    Bench bench;
    std::atomic<int> faults{1};
    bench.log = [&](int, const std::string& text) {
        if (text.find("is put aside") != std::string::npos && faults-- > 0) throw std::logic_error("not this time");
    };
    bench.write("{\"id\":\"a\"}\nno event\n{}\n");
    bench.start();
    REQUIRE(await([&] {
        const auto status = bench.source->status();  // one look: it goes on soon
        return status.state == SourceState::waiting &&
               status.detail.find("an unexpected error: not this time") != std::string::npos;
    }));
    REQUIRE(bench.await_ids({"a", "1:20"}));
    CHECK(bench.journal.aside(10).size() == 1);
    CHECK(await([&] { return bench.source->status().state == SourceState::live; }));
}

TEST_CASE("a file that was replaced while foley was away leaves a gap", "[source][file]") {
    Bench bench;
    bench.event("a");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    bench.stop();
    std::filesystem::rename(bench.options.path, bench.folder / "keeps the inode");
    std::filesystem::resize_file(bench.folder / "keeps the inode", 0);
    bench.event("b");
    bench.start();
    REQUIRE(bench.await_ids({"a", "b"}));
    const auto events = bench.journal.events();
    REQUIRE(events.size() == 3);
    CHECK(events[1].kind == EventKind::gap);
}

TEST_CASE("a journal that takes nothing stops the reading, and nothing is lost", "[source][file]") {
    Bench bench;
    bench.options.queue.queue_events = 100;
    bench.options.queue.first_retry = 2ms;
    bench.options.queue.longest_retry = 5ms;
    bench.journal.fail("no space left on the disk");
    std::string lines;
    for (int i = 0; i < 5000; ++i)
        lines += "{}\n";
    bench.write(lines);
    bench.start();
    REQUIRE(await([&] { return bench.source->status().state == SourceState::stopped_by_journal; }));
    bench.journal.fail("");
    REQUIRE(await([&] { return bench.ids().size() == 5000; }));
    CHECK(await([&] { return bench.source->status().state == SourceState::live; }));
}

TEST_CASE("a stop while the journal takes nothing ends, and the next start reads again what was not taken",
          "[source][file]") {
    Bench bench;
    bench.options.stop_patience = 20ms;
    bench.options.queue.queue_events = 10;
    bench.journal.fail("no space left on the disk");
    std::string lines;
    for (int i = 0; i < 2000; ++i)
        lines += "{}\n";
    bench.write(lines);
    bench.start();
    REQUIRE(await([&] { return bench.source->status().state == SourceState::stopped_by_journal; }));
    bench.stop();
    bench.journal.fail("");
    bench.start();
    CHECK(await([&] { return bench.ids().size() == 2000; }));
}

TEST_CASE("many lines travel in few appends", "[source][file]") {
    Bench bench;
    std::string lines;
    for (int i = 0; i < 100'000; ++i)
        lines += R"({"id":")" + std::to_string(i) + R"(","type":"x","entity":"t"})" + "\n";
    bench.write(lines);
    bench.start();
    REQUIRE(await([&] { return bench.ids().size() == 100'000; }, 60s));
    CHECK(bench.journal.appends() <= 201);
    const auto ids = bench.ids();
    for (std::size_t i = 0; i < ids.size(); ++i)
        REQUIRE(ids[i] == std::to_string(i));
}

TEST_CASE("a paused source reads nothing", "[source][file]") {
    Bench bench;
    bench.event("a");
    bench.start();
    REQUIRE(bench.await_ids({"a"}));
    bench.source->pause(true);
    REQUIRE(await([&] { return bench.source->status().state == SourceState::paused; }));
    bench.event("b");
    bench.source->pause(false);
    CHECK(bench.await_ids({"a", "b"}));
}

TEST_CASE("a folder in place of the file needs a person", "[source][file]") {
    Bench bench;
    std::filesystem::create_directory(bench.options.path);
    bench.start();
    CHECK(await([&] { return bench.source->status().state == SourceState::refused; }));
}

TEST_CASE("lines are cut at their ends wherever the chunks fall", "[source][file]") {
    const std::string text = "one\r\n\ntwo\nthree";
    for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
        LineSplitter lines(1000);
        lines.restart(100);
        std::vector<std::pair<std::string, std::uint64_t>> got;
        for (std::size_t at = 0; at < text.size(); at += chunk) {
            const auto part = text.substr(at, chunk);
            const auto room = lines.room(50);
            std::copy(part.begin(), part.end(), room.begin());
            lines.filled(part.size());
            while (const auto line = lines.next())
                got.emplace_back(line->text, line->offset);
        }
        CHECK(lines.consumed() == 110);
        CHECK(lines.read() == 115);
        const auto rest = lines.rest();
        REQUIRE(rest);
        got.emplace_back(rest->text, rest->offset);
        CHECK(got == std::vector<std::pair<std::string, std::uint64_t>>{
                         {"one", 100}, {"", 105}, {"two", 106}, {"three", 110}});
    }
}
