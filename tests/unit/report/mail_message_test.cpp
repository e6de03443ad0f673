#include "core/report/mail_message.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace foley::core;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

Mail mail(const std::string& subject, const std::string& body) {
    return {.from = "foley@x.test",
            .to = {"a@x.test", "b@x.test"},
            .subject = subject,
            .body = body,
            .at = Timestamp(std::chrono::sys_seconds(1795253400s)),
            .id = "1.2.3"};
}

// Header lines, unfolded lines as they are, without CRLF; fails the test when a line ends in anything else.
std::vector<std::string> lines(const std::string& message) {
    std::vector<std::string> result;
    std::size_t at = 0;
    while (at < message.size()) {
        const std::size_t end = message.find('\n', at);
        REQUIRE(end != std::string::npos);
        REQUIRE(end > at);
        REQUIRE(message[end - 1] == '\r');
        result.push_back(message.substr(at, end - 1 - at));
        CHECK(result.back().find('\r') == std::string::npos);
        CHECK(result.back().size() <= 998);
        at = end + 1;
    }
    return result;
}

std::size_t headers(const std::vector<std::string>& all) {
    return static_cast<std::size_t>(std::find(all.begin(), all.end(), "") - all.begin());
}

}  // namespace

TEST_CASE("a mail has the headers that it needs, and CRLF everywhere", "[report][mail_message]") {
    const auto all = lines(to_message(mail("hello", "one\ntwo\n")));
    CHECK(all == std::vector<std::string>{"Date: Sat, 21 Nov 2026 09:30:00 +0000", "From: foley@x.test",
                                          "To: a@x.test,", " b@x.test", "Subject: hello", "Message-ID: <1.2.3@x.test>",
                                          "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
                                          "Content-Type: text/plain; charset=utf-8",
                                          "Content-Transfer-Encoding: quoted-printable", "", "one", "two"});
}

TEST_CASE("no text can begin a header or a body of its own", "[report][mail_message]") {
    const std::string evil = GENERATE(as<std::string>{}, "x\r\nBcc: evil@x.test", "x\nBcc: evil@x.test",
                                      "x\rBcc: evil@x.test", "x\r\n\r\nbody",
                                      "x\xe2\x80\xa8"
                                      "Bcc: evil@x.test",
                                      "x\xc2\x85"
                                      "Bcc: evil@x.test",
                                      std::string("x\0Bcc: evil@x.test", 18),
                                      "x\x0b\x0c"
                                      "Bcc: evil@x.test");
    const auto all = lines(to_message(mail(evil, "body")));
    CHECK(headers(all) == 10);
    CHECK(std::none_of(all.begin(), all.end(), [](const std::string& line) { return line.starts_with("Bcc"); }));
    CHECK(all.back() == "body");
}

TEST_CASE("a subject that is not ASCII is in encoded words of at most 75 characters", "[report][mail_message]") {
    CHECK(header_text("Grün") == "=?UTF-8?B?R3LDvG4=?=");
    CHECK(header_text("plain, all of it: (really)") == "plain, all of it: (really)");
    // What looks like an encoded word is none of ours.
    CHECK_THAT(header_text("=?UTF-8?B?R3LDvG4=?="), StartsWith("=?UTF-8?B?PT9"));
    std::string dots;
    for (int i = 0; i < 40; ++i)
        dots += "\xe2\x80\xa6";
    std::istringstream words(header_text(dots));
    for (std::string word; std::getline(words, word);) {
        CHECK(word.size() <= 78);  // with the fold's blank and CR
        CHECK_THAT(word, Contains("=?UTF-8?B?") && Contains("?="));
    }
}

TEST_CASE("what is not UTF-8 is replaced, and cut between characters", "[report][mail_message]") {
    CHECK(one_line("a\xff"
                   "b",
                   100) ==
          "a\xef\xbf\xbd"
          "b");
    CHECK(one_line("\xc0\xaf\xed\xa0\x80", 100).find("\xef\xbf\xbd") == 0);
    CHECK(one_line("gr\xc3\xbcn", 3) == "gr");
    CHECK(one_line("  a \t\r\n  b  ", 100) == "a b");
}

TEST_CASE("a body of any bytes becomes short lines of ASCII", "[report][mail_message]") {
    CHECK(quoted_printable("a = b\n") == "a =3D b\r\n");
    CHECK(quoted_printable("gr\xc3\xbcn\n") == "gr=C3=BCn\r\n");
    CHECK(quoted_printable("blank \ntab\t\n") == "blank=20\r\ntab=09\r\n");
    CHECK(quoted_printable("\x1b[2J\n") == "\\x1b[2J\r\n");
    CHECK(quoted_printable("dos\r\nend") == "dos\r\nend\r\n");
    CHECK(quoted_printable(".\n..\n") == ".\r\n..\r\n");  // dots are doubled by who sends it
    std::string bytes;
    for (int i = 0; i < 5000; ++i)
        bytes += static_cast<char>((i * 37 + i / 7) % 256);
    for (const std::string& line : lines(quoted_printable(bytes))) {
        CHECK(line.size() <= 76);
        for (const char c : line)
            CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\t'));
    }
}
