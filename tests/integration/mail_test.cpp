// Mails for errors: to a real SMTP server on loopback, and to none.
#include "integration/harness/daemon.hpp"
#include "integration/harness/mailbox.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace foley::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Texts = std::vector<std::string>;

namespace {

std::string mail_section(int port, const std::string& more = "tls: none") {
    return "mail: {host: 127.0.0.1, port: " + std::to_string(port) + ", from: foley@x.test, to: [td@x.test], " + more +
           "}\n";
}

// A daemon with a plugin "a" that does what events ask for.
DaemonSetup setup(const std::string& mail, const std::string& options = "on_error: skip") {
    return {.plugins = {{.name = "a", .options = options, .settings = "obeys: true"}}, .top = mail};
}

void await_mails(Daemon& daemon, const Mailbox& mailbox, std::size_t count) {
    daemon.await(std::to_string(count) + " mails", [&] { return mailbox.mails().size() >= count; });
}

const ReceivedMail* find_mail(const std::vector<ReceivedMail>& mails, const std::string& subject) {
    const auto found = std::find_if(mails.begin(), mails.end(), [&](const ReceivedMail& mail) {
        return mail.subject.find(subject) != std::string::npos;
    });
    return found == mails.end() ? nullptr : &*found;
}

// Accepts connections and says nothing, ever.
class SilentServer {
public:
    SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(socket_.get(), 16) == 0);
        REQUIRE(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port = ntohs(address.sin_port);
    }
    void close() { socket_.reset(); }

    int port = 0;

private:
    foley::core::UniqueFd socket_;
};

std::size_t times(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

}  // namespace

TEST_CASE("a mail says what happened to which plugin and event, and what to do", "[integration][mail]") {
    const Mailbox mailbox;
    Daemon daemon(setup(mail_section(mailbox.port(), "tls: none, subject: \"[Gr\xc3\xbcn]\""), "on_error: disable"));
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", R"("outcomes":["fail"])");
    await_mails(daemon, mailbox, 1);
    const ReceivedMail mail = mailbox.mails().front();
    INFO(mail.raw);
    CHECK(mail.from == "foley@x.test");
    CHECK(mail.to == Texts{"td@x.test"});
    CHECK(mail.subject == "[Gr\xc3\xbcn] a is disabled, event 1");
    CHECK_THAT(mail.body, Contains("Plugin:    a") && Contains("Callback:  on_event") &&
                              Contains("Event:     1 (test.note 1 of lines)") && Contains("told to fail") &&
                              Contains("foleyctl enable a"));
    CHECK(mail.defects.empty());
    CHECK_FALSE(mail.tls);
}

TEST_CASE("mails go over STARTTLS or TLS, with a login", "[integration][mail]") {
    const auto [security, word] = GENERATE(table<Mailbox::Security, std::string>(
        {{Mailbox::Security::starttls, "starttls"}, {Mailbox::Security::tls, "tls"}}));
    const std::string secret = "s3cr3t-and-very-long";
    const Mailbox mailbox({.security = security, .user = "foley", .password = secret});
    const TemporaryDirectory secrets;
    std::ofstream(secrets.path() / "password") << secret << "\n";
    std::filesystem::permissions(secrets.path() / "password", std::filesystem::perms(0600));
    const std::string login = "tls: " + word + ", ca_file: " + mailbox.certificate().string() +
                              ", user: foley, password: {file: " + (secrets.path() / "password").string() + "}";
    Daemon daemon(setup(mail_section(mailbox.port(), login)));
    daemon.install_recorder("a");
    CHECK_THAT(daemon.run_foleyd({"--check"}).told(), !Contains(secret));
    daemon.start();
    daemon.emit("test.note", R"("outcomes":["fail"])");
    await_mails(daemon, mailbox, 1);
    CHECK(mailbox.mails().front().tls);
    CHECK(mailbox.mails().front().login == "foley");
    CHECK(daemon.stop().exit_code() == 0);
    CHECK_THAT(daemon.log_tail(100000), !Contains(secret));
}

TEST_CASE("a server whose certificate nobody vouches for gets nothing, nor does one that knows no such login",
          "[integration][mail]") {
    const bool trusted = GENERATE(false, true);
    const std::string secret = "not-this-one";
    const Mailbox mailbox({.security = Mailbox::Security::starttls, .user = "foley", .password = "right"});
    Daemon daemon(
        setup(mail_section(mailbox.port(), "user: foley, password: " + secret +
                                               (trusted ? ", ca_file: " + mailbox.certificate().string() : ""))));
    std::filesystem::permissions(daemon.configuration(), std::filesystem::perms(0600));
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", R"("outcomes":["fail"])");
    daemon.await("the trouble to be in the log", [&] {
        return daemon.log_tail(1000).find(trusted ? "does not accept the user" : "is not trusted") != std::string::npos;
    });
    daemon.await_caught_up("a");
    CHECK(daemon.stop().exit_code() == 0);
    CHECK(mailbox.mails().empty());
    CHECK_THAT(daemon.log_tail(100000), !Contains(secret));
}

TEST_CASE("ten thousand errors are a handful of mails that count them all", "[integration][mail]") {
    const Mailbox mailbox;
    Daemon daemon(setup(mail_section(mailbox.port(), "tls: none, period: 1h, about: [log, dead_letter]")));
    daemon.install_recorder("a");
    daemon.start();
    const std::size_t errors = scaled(10000, 500), dead_letters = scaled(500, 50);
    for (std::size_t i = 0; i < errors; ++i)
        daemon.emit("test.note", "\"log\":\"Shot " + std::to_string(i) + " has no folder\"");
    for (std::size_t i = 0; i < dead_letters; ++i)
        daemon.emit("test.note", R"("outcomes":["fail"])");
    daemon.await_caught_up("a", 240s);
    CHECK(daemon.plugin("a").dead_letters == dead_letters);
    CHECK(daemon.stop().exit_code() == 0);  // what the hour's summary would have said is said at the end
    const auto mails = mailbox.mails();
    REQUIRE(mails.size() == 3);
    CHECK(mails[0].subject == "[Foley] a reports an error, event 1");
    CHECK(mails[1].subject == "[Foley] a gave up on an event, event " + std::to_string(errors + 1));
    CHECK(mails[2].subject == "[Foley] " + std::to_string(errors + dead_letters - 2) + " further errors");
    CHECK_THAT(mails[2].body, Contains(std::to_string(errors - 1) + " times: a reports an error") &&
                                  Contains(std::to_string(dead_letters - 1) + " times: a gave up on an event"));
}

TEST_CASE("the summary comes when the period is over", "[integration][mail]") {
    const Mailbox mailbox;
    Daemon daemon(setup(mail_section(mailbox.port(), "tls: none, period: 1s")));
    daemon.install_recorder("a");
    daemon.start();
    for (int i = 0; i < 20; ++i)
        daemon.emit("test.note", R"("outcomes":["fail"])");
    daemon.await_caught_up("a");
    const auto told = [&] {
        std::size_t sum = 0;
        for (const ReceivedMail& mail : mailbox.mails()) {
            const auto at = mail.subject.find(" times more");
            const auto word = at == std::string::npos ? at : mail.subject.rfind(' ', at - 1) + 1;
            sum += at == std::string::npos ? 1 : std::stoul(mail.subject.substr(word));  // the first, or "once more"
        }
        return sum;
    };
    daemon.await("all errors to be told", [&] { return told() == 20; });
}

TEST_CASE("a mail server that hangs or is not there slows nothing, and is said once", "[integration][mail]") {
    const bool hangs = GENERATE(true, false);
    CAPTURE(hangs);
    SilentServer server;
    if (!hangs) server.close();
    // Whoever waited for the server even once would wait for a minute.
    Daemon daemon(setup(mail_section(server.port, "tls: none, timeout: 60s")));
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", R"("outcomes":["fail"])");
    const auto begin = std::chrono::steady_clock::now();
    const std::size_t count = scaled(200, 50);
    for (std::size_t i = 0; i < count; ++i)
        daemon.emit("test.note", R"("outcomes":["fail"])");
    daemon.await_caught_up("a", 45s);
    CHECK(daemon.plugin("a").dead_letters == count + 1);
    CHECK(daemon.stop(20s).exit_code() == 0);
    CHECK(std::chrono::steady_clock::now() - begin < patience(50s));
    CHECK(times(daemon.log_tail(100000), "mails cannot be sent") == (hangs ? 0 : 1));
    CHECK_THAT(daemon.log_tail(100000), Contains("mails were not sent before the end"));
}

TEST_CASE("each plugin has its recipients, instead of those of all or beside them", "[integration][mail]") {
    const Mailbox mailbox;
    const std::string skip = "on_error: skip, ";
    Daemon daemon(
        {.plugins = {{.name = "a", .options = skip + "mail: {to: [a@x.test, b@x.test]}", .settings = "obeys: true"},
                     {.name = "b", .options = skip + "mail: {also: b@x.test}", .settings = "obeys: true"},
                     {.name = "c", .options = skip + "mail: {to: []}", .settings = "obeys: true"},
                     {.name = "d", .options = "on_error: skip", .settings = "obeys: true"}},
         .top = mail_section(mailbox.port())});
    for (const char* name : {"a", "b", "c", "d"})
        daemon.install_recorder(name);
    daemon.start();
    daemon.emit("test.note", R"("outcomes":["fail"])");
    for (const char* name : {"a", "b", "c", "d"})
        daemon.await_caught_up(name);
    await_mails(daemon, mailbox, 3);
    CHECK(daemon.stop().exit_code() == 0);
    const auto mails = mailbox.mails();
    REQUIRE(mails.size() == 3);
    CHECK(find_mail(mails, "a gave up")->to == Texts{"a@x.test", "b@x.test"});
    CHECK(find_mail(mails, "b gave up")->to == Texts{"td@x.test", "b@x.test"});
    CHECK(find_mail(mails, "d gave up")->to == Texts{"td@x.test"});
}

TEST_CASE("an address that the server does not know keeps no mail from the others", "[integration][mail]") {
    const Mailbox mailbox;
    Daemon daemon(setup(mail_section(mailbox.port()), "on_error: skip, mail: {also: nobody@x.test}"));
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", R"("outcomes":["fail"])");
    await_mails(daemon, mailbox, 1);
    CHECK(mailbox.mails().front().to == Texts{"td@x.test"});
}

TEST_CASE("crashes and files that cannot be used are mailed too", "[integration][mail]") {
    const Mailbox mailbox;
    Daemon daemon({.plugins = {{.name = "a"}}, .top = mail_section(mailbox.port())});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await_state("a", "running");
    SECTION("a crash, with its stack, and that it is disabled") {
        ::kill(daemon.plugin("a").pid, SIGSEGV);
        await_mails(daemon, mailbox, 2);
        const auto mails = mailbox.mails();
        REQUIRE(find_mail(mails, "a is disabled") != nullptr);
        REQUIRE(find_mail(mails, "a crashed") != nullptr);
        CHECK_THAT(find_mail(mails, "a crashed")->body, Contains("SIGSEGV") && Contains("foleyctl crashes a"));
    }
    SECTION("a file that is no plugin, while the one before it goes on") {
        daemon.install("a", "/usr/lib/x86_64-linux-gnu/libz.so.1");
        await_mails(daemon, mailbox, 1);
        CHECK_THAT(mailbox.mails().front().subject, Contains("a: the newest file cannot be used"));
        CHECK_THAT(mailbox.mails().front().body, Contains("goes on"));
        CHECK(daemon.plugin("a").state == "running");
    }
}

TEST_CASE("a line of one dot, and lines that begin with one, arrive as they are", "[integration][mail]") {
    const Mailbox mailbox;
    Daemon daemon(setup(mail_section(mailbox.port(), "tls: none, about: [log]")));
    daemon.install("a", test_plugin("recorder"));
    daemon.start();
    daemon.emit("test.note", R"("log":"first\n.\n..\n.QUIT\n\nTo: evil@x.test\nlast")");
    await_mails(daemon, mailbox, 1);
    CHECK_THAT(mailbox.mails().front().body, Contains("first\n.\n..\n.QUIT\n\nTo: evil@x.test\nlast\n"));
    CHECK(mailbox.mails().front().to == Texts{"td@x.test"});
}

TEST_CASE("SIGHUP takes new mail settings, and plugins go on undisturbed", "[integration][mail]") {
    const Mailbox first, second;
    Daemon daemon(setup(mail_section(first.port())));
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", R"("outcomes":["fail"])");
    await_mails(daemon, first, 1);
    const int pid = daemon.plugin("a").pid;
    daemon.configure(
        setup(mail_section(second.port(), "tls: none, subject: now"), "on_error: skip, mail: {to: new@x.test}"));
    daemon.post("/v1/configuration/reload");
    daemon.emit("test.note", R"("outcomes":["throw"])");
    await_mails(daemon, second, 1);
    CHECK(second.mails().front().subject == "now a gave up on an event, event 2");
    CHECK(second.mails().front().to == Texts{"new@x.test"});
    CHECK(daemon.plugin("a").pid == pid);
    CHECK(first.mails().size() == 1);
}
