#include "notify/mail.hpp"

#include <catch2/catch.hpp>

using namespace notify;
using Catch::Matchers::Contains;

namespace {

Mail mail(const std::string& subject, const std::string& body) {
    return {.from = "foley@x.test",
            .to = {"a@x.test", "b@x.test"},
            .subject = subject,
            .body = body,
            .at = std::chrono::sys_days(std::chrono::year{2026} / 3 / 31) + std::chrono::hours(15),
            .id = "shows.9.rule"};
}

}  // namespace

TEST_CASE("a message has what a mail needs", "[notify][mail]") {
    const auto text = message_of(mail("Hello", "line\nline"));
    CHECK_THAT(text, Contains("Date: Tue, 31 Mar 2026 15:00:00 +0000\r\n") &&
                         Contains("To: a@x.test,\r\n b@x.test\r\n") && Contains("Subject: Hello\r\n") &&
                         Contains("Message-ID: <shows.9.rule@x.test>\r\n") && Contains("\r\n\r\nbGluZQ0KbGluZQ0K\r\n"));
}

TEST_CASE("nothing in a subject becomes a header", "[notify][mail]") {
    const auto text = message_of(mail("Hi\r\nBcc: evil@x.test", "x"));
    CHECK_THAT(text, !Contains("\nBcc"));
    CHECK_THAT(text, Contains("Subject: Hi Bcc: evil@x.test\r\n"));
}

TEST_CASE("other letters travel in encoded words that no line tears", "[notify][mail]") {
    std::string subject;
    for (int i = 0; i < 60; ++i)
        subject += "\xc3\xbc";
    const auto text = message_of(mail(subject, std::string(5000, 'x')));
    CHECK_THAT(text, Contains("Subject: =?UTF-8?B?w7zDvM"));
    std::size_t start = 0, longest = 0;
    for (auto end = text.find("\r\n"); end != std::string::npos; start = end + 2, end = text.find("\r\n", start))
        longest = std::max(longest, end - start);
    CHECK(longest <= 86);
}

TEST_CASE("only one bare address is an address", "[notify][mail]") {
    CHECK(is_address("jane.doe+x@studio.example.com"));
    for (const char* text :
         {"", "jane", "@x", "jane@", "a@b@c", "Jane <j@x>", "a@x,b@x", "a b@x", "a@x\r\nBcc: c@x", "j\xc3\xbcrgen@x"}) {
        CAPTURE(text);
        CHECK_FALSE(is_address(text));
    }
}
