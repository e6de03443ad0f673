#include <foley/utf8.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace foley;

namespace {

std::string encoded(char32_t code) {
    std::string text;
    const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | (code >> 6));
        put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        put(0xe0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    } else {
        put(0xf0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3f));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    }
    return text;
}

bool is_surrogate(char32_t code) {
    return code >= 0xd800 && code <= 0xdfff;
}

}  // namespace

TEST_CASE("every code point is one character, but for surrogates and what is too high", "[sdk][utf8]") {
    std::vector<char32_t> wrong;
    for (char32_t code = 0; code < 0x120000; ++code) {
        const std::string text = encoded(code) + "x";
        const bool is_one = code <= 0x10ffff && !is_surrogate(code);
        std::string_view left = text;
        const auto taken = utf8::take(left);
        const bool right = utf8::character_size(text) == (is_one ? text.size() - 1 : 0) &&
                           utf8::is_valid(text) == is_one && taken.has_value() == is_one &&
                           (!taken || (*taken == code && left == "x"));
        if (!right) wrong.push_back(code);
    }
    CAPTURE(wrong.size(), wrong.empty() ? 0U : static_cast<unsigned>(wrong.front()));
    CHECK(wrong.empty());
}

TEST_CASE("bytes that are no character are told from those that are", "[sdk][utf8]") {
    const std::string bad =
        GENERATE("\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82", "\xe2(\xa1",
                 "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff");
    CAPTURE(bad);
    CHECK(utf8::character_size(bad) == 0);
    CHECK_FALSE(utf8::is_valid("a" + bad));
    std::string_view left = bad;
    CHECK_FALSE(utf8::take(left));
    CHECK(left.size() == bad.size() - 1);  // one byte, so that what follows is not lost
}

TEST_CASE("nothing is no character, and is valid", "[sdk][utf8]") {
    std::string_view nothing;
    CHECK(utf8::character_size(nothing) == 0);
    CHECK_FALSE(utf8::take(nothing));
    CHECK(utf8::is_valid(nothing));
    utf8::for_each(nothing, [](std::string_view) { FAIL(); });
}

TEST_CASE("each character is given, and a replacement for each byte that is in none", "[sdk][utf8]") {
    std::vector<std::string> pieces;
    utf8::for_each("a\xff\xc3\xbc\xe2\x82z\xf0\x9f\x98\x80", [&](std::string_view one) { pieces.emplace_back(one); });
    const std::string replaced(utf8::kReplacement);
    CHECK(pieces == std::vector<std::string>{"a", replaced, "\xc3\xbc", replaced, replaced, "z", "\xf0\x9f\x98\x80"});
}
