// The table here was written down from ftrack's own rule, independently of the one that the plugin was generated with.
#include "hammertrack/sanitise.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using hammertrack::sanitise;

namespace {

std::string utf8(std::uint32_t code) {
    std::string text;
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
    return text;
}

void read_entry(const std::string& entry, std::map<std::uint32_t, std::string>& table) {
    const auto colon = entry.find(':');
    const std::string text = entry.substr(colon + 1);
    std::size_t end = 0;
    const auto first = static_cast<std::uint32_t>(std::stoul(entry, &end, 16));
    const auto last =
        entry[end] == '-' ? static_cast<std::uint32_t>(std::stoul(entry.substr(end + 1), nullptr, 16)) : first;
    const bool counts = text.size() == 4 && text.substr(1, 2) == ".." && last != first;
    for (std::uint32_t code = first; code <= last; ++code) {
        table[code] = counts ? std::string(1, static_cast<char>(text[0] + static_cast<char>(code - first))) : text;
    }
}

std::map<std::uint32_t, std::string> read_table() {
    std::ifstream file(HAMMERTRACK_SANITISE_TABLE);
    REQUIRE(file);
    std::map<std::uint32_t, std::string> table;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream entries(line);
        for (std::string entry; entries >> entry;)
            read_entry(entry, table);
    }
    return table;
}

}  // namespace

TEST_CASE("every code point of Unicode becomes in a file name what ftrack makes of it", "[hammertrack][sanitise]") {
    const auto table = read_table();
    REQUIRE(table.size() == 2130);
    std::vector<std::uint32_t> wrong;
    for (std::uint32_t code = 0x80; code <= 0x10FFFF; ++code) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        const auto found = table.find(code);
        if (sanitise(utf8(code)) != (found == table.end() ? std::string() : found->second)) wrong.push_back(code);
    }
    CAPTURE(wrong.size(), wrong.empty() ? 0U : wrong.front());
    CHECK(wrong.empty());
}

TEST_CASE("every ASCII character is kept, lowered or replaced", "[hammertrack][sanitise]") {
    for (int code = 0; code < 0x80; ++code) {
        const char c = static_cast<char>(code);
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
        const char expected = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : kept ? c : '_';
        CHECK(sanitise(std::string(1, c)) == std::string(1, expected));
    }
}

TEST_CASE("names of projects and shots become the folders that ftrack makes of them", "[hammertrack][sanitise]") {
    const std::map<std::string, std::string> cases{{"björn!", "bjorn_"},
                                                   {"fo/o", "fo_o"},
                                                   {"SH 010", "sh_010"},
                                                   {"  x  ", "__x__"},
                                                   {"a b\tc", "a_b_c"},
                                                   {"a\nb", "a_b"},
                                                   {"..", ".."},
                                                   {"½", "12"},
                                                   {"x²", "x2"},
                                                   {"№5", "no5"},
                                                   {"™", "tm"},
                                                   {"100%", "100_"},
                                                   {"ﬁne", "fine"},
                                                   {"Straße", "strae"},
                                                   {"Ørsted", "rsted"},
                                                   {"ł", ""},
                                                   {"Æ", ""},
                                                   {"œ", ""},
                                                   {"ı", ""},
                                                   {"€", ""},
                                                   {"Ω", ""},
                                                   {"日本", ""},
                                                   {"\u00A0x", "_x"},
                                                   {"…", "..."},
                                                   {"‥", ".."},
                                                   {"Ｆｕｌｌ", "full"},
                                                   {"１２", "12"},
                                                   {"C:\\x", "c__x"},
                                                   {"A--B", "a--b"},
                                                   {"a.b_c-D", "a.b_c-d"},
                                                   {"bjo\u0308rn", "bjorn"}};
    for (const auto& [name, folder] : cases)
        CHECK(sanitise(name) == folder);
}

TEST_CASE("bytes that are no UTF-8 are dropped from a name", "[hammertrack][sanitise]") {
    CHECK(sanitise("a\xFFz") == "az");
    CHECK(sanitise("a\xC3") == "a");
    CHECK(sanitise("\xE2\x82z") == "z");
    CHECK(sanitise("\xC0\xAF") == "");  // an overlong slash
    CHECK(sanitise("\xED\xA0\x80"
                   "b") == "b");  // a surrogate
    CHECK(sanitise("\xF5\x80\x80\x80"
                   "b") == "b");
}
