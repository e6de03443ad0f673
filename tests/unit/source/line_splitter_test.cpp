#include "core/source/file/line_splitter.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using foley::core::LineSplitter;

namespace {

void feed(LineSplitter& lines, std::string_view text) {
    const auto room = lines.room(64);
    std::copy(text.begin(), text.end(), room.begin());
    lines.filled(text.size());
}

std::vector<std::string> all(LineSplitter& lines) {
    std::vector<std::string> found;
    while (const auto line = lines.next())
        found.emplace_back(line->text);
    return found;
}

}  // namespace

TEST_CASE("a line is handed out when its end has come, with its place", "[source][file]") {
    LineSplitter lines(1000);
    lines.restart(100);
    feed(lines, "one\r\ntw");
    const auto first = lines.next();
    REQUIRE(first);
    CHECK(first->text == "one");
    CHECK(first->offset == 100);
    CHECK_FALSE(lines.next());
    CHECK(lines.consumed() == 105);
    CHECK(lines.read() == 107);
    feed(lines, "o\n");
    const auto second = lines.next();
    REQUIRE(second);
    CHECK(second->text == "two");
    CHECK(second->offset == 105);
}

TEST_CASE("what was filled last can be taken back, and what waited before it stays", "[source][file]") {
    LineSplitter lines(1000);
    feed(lines, "a\nhal");
    CHECK(all(lines) == std::vector<std::string>{"a"});
    feed(lines, "XXX\nYYY\n");
    lines.take_back();
    CHECK_FALSE(lines.next());
    CHECK(lines.read() == 5);
    feed(lines, "f\n");
    CHECK(all(lines) == std::vector<std::string>{"half"});
}

TEST_CASE("the bytes handed out since a place are those that were read, line ends included", "[source][file]") {
    LineSplitter lines(1000);
    lines.restart(10);
    feed(lines, "a\r\nbb\nc");
    CHECK(all(lines) == std::vector<std::string>{"a", "bb"});
    CHECK(lines.handed_out_since(10) == "a\r\nbb\n");
    CHECK(lines.handed_out_since(13) == "bb\n");
    CHECK(lines.handed_out_since(lines.consumed()).empty());
}

TEST_CASE("a line that is too long is handed out in pieces that say so", "[source][file]") {
    LineSplitter lines(4);
    feed(lines, "abcdefgh");
    const auto piece = lines.next();
    REQUIRE(piece);
    CHECK(piece->cut);
    CHECK(piece->text == "abcdefgh");
    feed(lines, "\nok\n");
    const auto rest = lines.next();
    REQUIRE(rest);
    CHECK(rest->text.empty());
    const auto next = lines.next();
    REQUIRE(next);
    CHECK(next->text == "ok");
    CHECK_FALSE(next->cut);
}
