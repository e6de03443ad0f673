// Pickles that want more than a state file needs, and bytes that only look like pickles.
#include "core/foleyctl/adopt/pickle.hpp"
#include "core/foleyctl/adopt/state_file.hpp"
#include "tests/unit/foleyctl/python.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <random>

namespace foley::core::testing {
namespace {

using Catch::Matchers::Contains;
using namespace std::string_literals;

std::string refusal(const std::string& bytes, const Pickle::Limits& limits = Pickle::Limits{}) {
    try {
        Pickle::decode(bytes, limits);
    } catch (const PickleError& error) {
        return error.what();
    }
    return "accepted";
}

TEST_CASE("a pickle that would run a command is refused, and nothing runs", "[adopt][pickle]") {
    const auto proof = std::filesystem::temp_directory_path() / "foley-pickle-proof";
    std::filesystem::remove(proof);
    for (int protocol = 0; protocol <= 5; ++protocol) {
        const std::string bytes = python(
            "import os, pickle, sys\n"
            "class Bomb:\n"
            "    def __reduce__(self):\n"
            "        return os.system, ('touch " +
            proof.string() +
            "',)\n"
            "sys.stdout.buffer.write(pickle.dumps({'/p': {'a': (Bomb(), {})}}, " +
            std::to_string(protocol) + "))\n");
        CHECK_THAT(refusal(bytes), Contains("posix.system") && Contains("nothing of it was executed"));
        CHECK_THROWS_AS(read_event_state(bytes), StateFileError);
    }
    CHECK_FALSE(std::filesystem::exists(proof));
}

TEST_CASE("every instruction that no state file has is refused by its name", "[adopt][pickle]") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"(cos\nsystem\nS'x'\no.", "os.system"},
        {"(S'x'\nios\nsystem\n.", "INST"},
        {"}}b.", "BUILD"},
        {"\x82\x01."s, "EXT1"},
        {"\x83\x01\x00."s, "EXT2"},
        {"\x84\x01\x00\x00\x00."s, "EXT4"},
        {"}}\x81."s, "NEWOBJ"},
        {"}}}\x92."s, "NEWOBJ_EX"},
        {"Pid\n.", "PERSID"},
        {"NQ.", "BINPERSID"},
        {"F1.5\n.", "FLOAT"},
        {"G\x00\x00\x00\x00\x00\x00\x00\x00."s, "BINFLOAT"},
        {"].", "EMPTY_LIST"},
        {"(l.", "LIST"},
        {"\x8f."s, "EMPTY_SET"},
        {"\x88."s, "NEWTRUE"},
        {"N0.", "POP"},
        {"N2.", "DUP"},
        {"\x8b\xff\xff\xff\x7f."s, "LONG4"},
        {"\x96\xff\xff\xff\xff\xff\xff\xff\x7f."s, "BYTEARRAY8"},
        {"\x97."s, "NEXT_BUFFER"},
        {"\xff."s, "0xff"},
        {"z.", "0x7a"},
    };
    for (const auto& [bytes, name] : cases) {
        INFO(name);
        CHECK_THAT(refusal(bytes), Contains(name));
    }
}

TEST_CASE("names other than the two that are known are refused, however they are spelled", "[adopt][pickle]") {
    for (const char* name : {"os\nsystem", "datetime\ndate", "builtins\neval", "__builtin__\neval", "_codecs\ndecode",
                             "datetime\ndatetime.now", "\xff\x01\n\x02"}) {
        CHECK_THAT(refusal("c"s + name + "\n."), Contains("of Python"));
    }
    CHECK_THAT(refusal("\x8c\x02os\x8c\x06system\x93."s), Contains("os.system"));
    CHECK_THAT(refusal("K\x01K\x02\x93."s), Contains("no text"));
}

TEST_CASE("the known names are read only with what they take", "[adopt][pickle]") {
    const std::string moment = "cdatetime\ndatetime\n";
    CHECK_THAT(refusal(moment + "K\x05\x85R."s), Contains("a moment that is none"));
    CHECK_THAT(refusal(moment + "C\x02xx\x85R."s), Contains("a moment that is none"));
    CHECK_THAT(refusal(moment + "C\x0a\x07\xea\x0d\x15\x09\x1e\x05\x00\x00\x00\x85R."s),
               Contains("a moment that is none"));
    CHECK_THAT(refusal(moment + "K\x05K\x06\x86R."s), Contains("in a way"));
    CHECK_THAT(refusal(moment + "NR."s), Contains("calls"));
    CHECK_THAT(refusal("NN\x85R."s), Contains("calls"));
    CHECK_THAT(refusal("c_codecs\nencode\nX\x01\x00\x00\x00xX\x05\x00\x00\x00rot13\x86R."s),
               Contains("bytes that are none"));
}

TEST_CASE("lengths that run out of the file are refused before anything is made of them", "[adopt][pickle]") {
    for (const std::string& bytes :
         {"X\xff\xff\xff\xff"s, "B\xff\xff\xff\x7f"s, "T\xff\xff\xff\xff"s, "\x8c\xff"s, "C\xff"s, "U\xff"s,
          "\x8a\x08\x01"s, "V no end"s, "I12"s, "cos"s, "J\x01"s, "\x95\x01"s, ""s, "\x80"s}) {
        CHECK_THAT(refusal(bytes), Contains("cut short"));
    }
    CHECK_THAT(refusal("\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7fN."s), Contains("frame"));
    CHECK_THAT(refusal("\x8a\xff"s + std::string(255, '\x7f') + "."), Contains("64 bits"));
    CHECK_THAT(refusal("L"s + std::string(100000, '9') + "L\n."), Contains("64 bits"));
}

TEST_CASE("a pickle that is cut short anywhere is refused", "[adopt][pickle]") {
    for (int protocol = 0; protocol <= 5; ++protocol) {
        const std::string whole = python_pickle(
            "{'/srv/plugins': {'a': (105, {101: datetime(2026, 11, 21), 103: datetime(2026, 1, 1)})}}", protocol);
        REQUIRE(refusal(whole) == "accepted");
        for (std::size_t size = 0; size < whole.size(); ++size)
            CHECK(refusal(whole.substr(0, size)) != "accepted");
        CHECK_THAT(refusal(whole + "x"), Contains("follows its end"));
    }
}

TEST_CASE("nesting, marks, values and the stack have limits", "[adopt][pickle]") {
    CHECK_THAT(refusal("N"s + std::string(1000, '\x85') + "."), Contains("nested deeper"));
    std::string dictionaries = "N";
    for (int level = 0; level < 1000; ++level)
        dictionaries = "(K\x01" + dictionaries + "d";
    CHECK_THAT(refusal(dictionaries + "."), Contains("marks"));
    CHECK_THAT(refusal(std::string(1'000'000, '(')), Contains("marks"));
    CHECK_THAT(refusal(std::string(1'000'000, 'N')), Contains("at once"));
    CHECK_THAT(refusal(std::string(10'000, 'N'), {.values = 100}), Contains("more values"));
    CHECK_THAT(refusal("N.", {.bytes = 1}), Contains("2 bytes"));
    // A dictionary within itself, again and again.
    std::string itself = "}q\x01";
    for (int round = 0; round < 1000; ++round)
        itself += "K\x01h\x01s";
    CHECK_THAT(refusal(itself + "."), Contains("nested deeper"));
}

TEST_CASE("a small file of shared parts does not become an endless state", "[adopt][pickle]") {
    // 1200 directories share one dictionary of 1200 plugins.
    const std::string bytes = python_pickle(
        "(lambda plugins: {'/p%d' % i: plugins for i in range(1200)})({'a%d' % i: (1, {}) for i in range(1200)})", 5);
    CHECK_THROWS_WITH(read_event_state(bytes), Contains("more entries"));
}

TEST_CASE("a stack that is misused is refused", "[adopt][pickle]") {
    for (const std::string& bytes :
         {"."s,          "NN."s,   "(."s,     "s."s,     "NNs."s,   "NNNs."s,     "u."s,        "(Nu."s,
          "N(NNu."s,     "}(Nu."s, "t."s,     "\x85."s,  "(\x85."s, "}N(s."s,     "(Nd."s,      "(}Nd."s,
          "R."s,         "\x93."s, "q\x01."s, "h\x01."s, "g5\n."s,  "p-1\n."s,    "}NNs."s,     "N\x80\x02."s,
          "\x80\x06N."s, "Ix\n."s, "I01\n."s, "S'x\n."s, "Sx\n."s,  "S'\\q'\n."s, "V\\u12\n."s, "V\\ud800\n."s}) {
        INFO(bytes);
        CHECK(refusal(bytes) != "accepted");
    }
}

TEST_CASE("rubbish is refused, whatever it is", "[adopt][pickle]") {
    std::mt19937 chance(4711);  // the same bytes each time
    const std::string good = python_pickle("{'/p': {'a': (105, {101: datetime(2026, 11, 21)}), 'b': (None, {})}}", 2);
    int accepted = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string bytes = good;
        for (int change = 0; change < 3; ++change)
            bytes[chance() % bytes.size()] = static_cast<char>(chance());
        try {
            read_event_state(bytes);
            ++accepted;  // a changed number or letter
        } catch (const StateFileError&) {
        }
    }
    CHECK(accepted < 20000);
}

}  // namespace
}  // namespace foley::core::testing
