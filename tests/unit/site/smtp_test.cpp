// The SDK's way to a mail server, against a real one on loopback.
#include "integration/harness/mailbox.hpp"

#include "core/os/unique_fd.hpp"

#include <foley/site/smtp.hpp>

#include <catch2/catch.hpp>

#include <future>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace foley::site;
using namespace foley::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Kind = SmtpError::Kind;
using Tls = SmtpServer::Tls;
using Texts = std::vector<std::string>;

namespace {

const std::string kSecret = "s3cr3t-and-very-long";

SmtpServer server_of(const Mailbox& mailbox, Tls tls = Tls::none) {
    SmtpServer server;
    server.host = "127.0.0.1";
    server.port = static_cast<std::uint16_t>(mailbox.port());
    server.tls = tls;
    if (tls != Tls::none) server.ca_file = mailbox.certificate().string();
    return server;
}

SmtpMail mail_to(Texts to) {
    return {.from = "foley@x.test", .to = std::move(to), .message = "Subject: hello\r\n\r\n.one dot\r\n"};
}

struct Failure {
    Kind kind{};
    std::string sentence;
};

Failure failure_of(const SmtpServer& server, const Texts& to = {"td@x.test"}) {
    try {
        Smtp().send(server, mail_to(to));
    } catch (const SmtpError& error) {
        return {error.kind(), error.what()};
    }
    FAIL("the mail was taken");
    return {};
}

// Takes connections and says nothing, ever.
struct SilentServer {
    SilentServer() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(socket.get(), 16) == 0);
        REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        server.host = "127.0.0.1";
        server.port = ntohs(address.sin_port);
        server.tls = Tls::none;
        server.timeout = 10min;
    }
    foley::core::UniqueFd socket;
    SmtpServer server;
};

}  // namespace

TEST_CASE("mails reach a server in plain, over STARTTLS and over TLS, with a login", "[site][smtp]") {
    const auto [security, tls] = GENERATE(table<Mailbox::Security, Tls>({{Mailbox::Security::none, Tls::none},
                                                                         {Mailbox::Security::starttls, Tls::starttls},
                                                                         {Mailbox::Security::tls, Tls::tls}}));
    const bool logs_in = tls != Tls::none;
    Mailbox::Options options{.security = security};
    if (logs_in) options.user = "foley", options.password = kSecret;
    const Mailbox mailbox(options);
    SmtpServer server = server_of(mailbox, tls);
    if (logs_in) server.user = "foley", server.password = foley::Secret(kSecret);
    Smtp smtp;
    smtp.send(server, mail_to({"td@x.test", "ann@x.test"}));
    smtp.send(server, mail_to({"td@x.test"}));  // the same object, another connection
    const auto mails = mailbox.mails();
    REQUIRE(mails.size() == 2);
    CHECK(mails[0].from == "foley@x.test");
    CHECK(mails[0].to == Texts{"td@x.test", "ann@x.test"});
    CHECK(mails[0].subject == "hello");
    CHECK(mails[0].body == ".one dot\n");
    CHECK(mails[0].tls == logs_in);
    CHECK(mails[0].login == (logs_in ? "foley" : ""));
}

TEST_CASE("a login that the server does not know is told from a server that is away", "[site][smtp]") {
    const auto [security, tls] = GENERATE(table<Mailbox::Security, Tls>(
        {{Mailbox::Security::starttls, Tls::starttls}, {Mailbox::Security::tls, Tls::tls}}));
    Mailbox mailbox({.security = security, .user = "foley", .password = "right"});
    SmtpServer server = server_of(mailbox, tls);
    server.user = "foley";
    server.password = foley::Secret(kSecret);
    const Failure wrong = failure_of(server);
    CHECK(wrong.kind == Kind::login);
    CHECK_THAT(wrong.sentence, Contains("127.0.0.1:") && Contains("does not accept") && !Contains(kSecret));
    mailbox.stop();
    CHECK(failure_of(server).kind == Kind::away);
    CHECK(mailbox.mails().empty());
}

TEST_CASE("a mail server whose certificate nobody vouches for gets nothing", "[site][smtp]") {
    const auto [security, tls] = GENERATE(table<Mailbox::Security, Tls>(
        {{Mailbox::Security::starttls, Tls::starttls}, {Mailbox::Security::tls, Tls::tls}}));
    const Mailbox mailbox({.security = security});
    SmtpServer server = server_of(mailbox, tls);
    server.ca_file.clear();
    CHECK(failure_of(server).kind == Kind::untrusted);
    server.ca_file = "/nowhere/authority.pem";
    CHECK(failure_of(server).kind == Kind::untrusted);
    CHECK(mailbox.mails().empty());
}

TEST_CASE("a server without STARTTLS gets no mail that is to go over it", "[site][smtp]") {
    const Mailbox mailbox;
    SmtpServer server = server_of(mailbox, Tls::starttls);
    server.ca_file.clear();
    CHECK(failure_of(server).kind == Kind::no_tls);
    CHECK(mailbox.mails().empty());
}

TEST_CASE("what a mail server refuses for good, what it puts off, and what it takes in part", "[site][smtp]") {
    const Mailbox mailbox;
    const SmtpServer server = server_of(mailbox);
    const Failure refused = failure_of(server, {"nobody@x.test"});
    CHECK(refused.kind == Kind::refused);
    CHECK_THAT(refused.sentence, Contains("refuses a mail") && Contains("(550)"));
    const Failure later = failure_of(server, {"later@x.test"});
    CHECK(later.kind == Kind::later);
    CHECK_THAT(later.sentence, Contains("(451)"));
    CHECK(mailbox.mails().empty());
    Smtp().send(server, mail_to({"nobody@x.test", "td@x.test"}));
    REQUIRE(mailbox.mails().size() == 1);
    CHECK(mailbox.mails().front().to == Texts{"td@x.test"});
}

TEST_CASE("a mail server that hangs can be left at once, and for good", "[site][smtp]") {
    const SilentServer silent;
    Smtp smtp;
    const auto ends = [&] {
        try {
            smtp.send(silent.server, mail_to({"td@x.test"}));
        } catch (const SmtpError& error) {
            return error.kind();
        }
        return Kind::refused;
    };
    auto first = std::async(std::launch::async, ends);
    const foley::core::UniqueFd connection(::accept(silent.socket.get(), nullptr, nullptr));
    REQUIRE(connection);
    smtp.interrupt();
    REQUIRE(first.wait_for(60s) == std::future_status::ready);
    CHECK(first.get() == Kind::interrupted);
    CHECK(ends() == Kind::interrupted);
}

TEST_CASE("a mail server that hangs is given up after the timeout", "[site][smtp]") {
    const SilentServer silent;
    SmtpServer server = silent.server;
    server.timeout = 200ms;
    CHECK(failure_of(server).kind == Kind::away);
}
