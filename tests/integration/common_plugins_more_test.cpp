// make_folders and notify between the real daemon, a simulated ShotGrid site, a real mail server and a
// folder.
#include "integration/harness/mailbox.hpp"
#include "integration/harness/production.hpp"

#include "tests/sites/certificate.hpp"
#include "tests/sites/http/hook.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace foley::testing;
namespace fs = std::filesystem;

TEST_CASE("a shot that is created gets its folders, a root that is away is waited for",
          "[integration][shotgrid][make_folders]") {
    const TemporaryDirectory place;
    const auto root = place.path() / "projects";
    Production production("make_folders", "root: " + root.string() +
                                              ", hold: 1s, folders: {Shot: {path: \"{project.name}/"
                                              "{sg_sequence.Sequence.code}/{code}\", folders: [work/2d]}}");
    // It does not even start before the root is there.
    production.await_blocked("Is it mounted?");
    fs::create_directory(root);
    std::ofstream(root / "marker") << "x";
    production.show.daemon.await_state("make_folders", "running");
    production.make_shot("sh 1");
    production.show.daemon.await("the folders", [&] { return fs::is_directory(root / "Demo/sq010/sh_1/work/2d"); });

    fs::rename(root, place.path() / "away");
    production.make_shot("sh2");
    production.await_blocked("Is it mounted?");
    fs::rename(place.path() / "away", root);
    production.show.daemon.await("the folders of the second",
                                 [&] { return fs::is_directory(root / "Demo/sq010/sh2/work/2d"); });
    production.show.daemon.await_caught_up("make_folders");
    CHECK(production.show.daemon.plugin("make_folders").dead_letters == 0);
    CHECK(production.show.daemon.plugin("make_folders").retries == 0);
}

TEST_CASE("assignees hear by mail what goes up for review, once, though the server was away",
          "[integration][shotgrid][notify]") {
    Mailbox mailbox;
    Production production(
        "notify", "smtp_host: 127.0.0.1, smtp_port: " + std::to_string(mailbox.port()) +
                      ", smtp_tls: none, from: foley@x.test, hold: 1s, rules: {up: {on: Task, changes: sg_status_list, "
                      "when: {sg_status_list: rev}, to: [task_assignees], subject: \"{content} of {entity} is up\", "
                      "text: \"{event.user} set {event.new}\"}}");
    auto& site = production.show.site;
    const auto& demo = production.demo;
    site.change("HumanUser", demo.ann.id, R"({"email":"ann@x.test","sg_status_list":"act"})");
    site.change("Task", demo.tasks[0].id, R"({"sg_status_list":"rev"})", demo.jane);
    production.show.daemon.await("the mail", [&] { return mailbox.mails().size() == 1; });
    const auto mail = mailbox.mails().front();
    CHECK(mail.to == std::vector<std::string>{"ann@x.test"});
    CHECK(mail.subject == "Anim of sq010_sh010 is up");
    CHECK(mail.body == "Jane Doe set rev\n");
    CHECK(mail.defects.empty());

    mailbox.stop();
    site.change("Task", demo.tasks[2].id, R"({"sg_status_list":"rev"})", demo.jane);
    production.await_blocked("mail server");
    mailbox.start();
    production.show.daemon.await("the second mail", [&] {
        const auto mails = mailbox.mails();
        return !mails.empty() && mails.back().subject == "Anim of sq010_sh020 is up";
    });
    production.show.daemon.await_caught_up("notify");
    CHECK(production.show.daemon.plugin("notify").dead_letters == 0);
}

TEST_CASE("notify mails over TLS with a login, and nobody can read the password", "[integration][shotgrid][notify]") {
    const std::string secret = "s3cr3t-and-very-long";
    const Mailbox mailbox({.security = Mailbox::Security::tls, .user = "foley", .password = secret});
    const TemporaryDirectory place;
    const auto password = place.path() / "password";
    std::ofstream(password) << secret << "\n";
    fs::permissions(password, fs::perms(0600));
    Production production("notify", "smtp_host: 127.0.0.1, smtp_port: " + std::to_string(mailbox.port()) +
                                        ", smtp_tls: tls, smtp_ca_file: " + mailbox.certificate().string() +
                                        ", smtp_user: foley, smtp_password: {file: " + password.string() +
                                        "}, from: foley@x.test, rules: {up: {on: Task, changes: sg_status_list, "
                                        "to: [td@x.test], subject: \"{content}\", text: \"{event.new}\"}}");
    production.show.site.change("Task", production.demo.tasks[0].id, R"({"sg_status_list":"rev"})",
                                production.demo.jane);
    Daemon& daemon = production.show.daemon;
    daemon.await("the mail", [&] { return mailbox.mails().size() == 1; });
    CHECK(mailbox.mails().front().tls);
    CHECK(mailbox.mails().front().login == "foley");
    CHECK(mailbox.mails().front().subject == "Anim");
    for (const char* target : {"/v1/status", "/v1/plugins", "/v1/plugins/notify"})
        CHECK(daemon.request("GET", target).body.find(secret) == std::string::npos);
    CHECK(daemon.stop().exit_code() == 0);
    CHECK(daemon.log_tail(100000).find(secret) == std::string::npos);
}

TEST_CASE("notify posts to a web hook over TLS, whose address nobody can read", "[integration][shotgrid][notify]") {
    const foley::sim::Certificate certificate("localhost");
    foley::sim::SimHook chat({.certificate = certificate.file(), .private_key = certificate.key()});
    const TemporaryDirectory place;
    const auto address = place.path() / "address";
    std::ofstream(address) << chat.url() << "\n";
    fs::permissions(address, fs::perms(0600));
    chat.answer_next(503);  // it is not lost for that
    Production production("notify", "hook_url: {file: " + address.string() + "}, hook_ca_file: " + certificate.file() +
                                        ", hold: 1s, rules: {up: {on: Task, changes: sg_status_list, hook: true, "
                                        "text: \"{content} is {event.new}\"}}");
    production.show.site.change("Task", production.demo.tasks[0].id, R"({"sg_status_list":"rev"})",
                                production.demo.jane);
    Daemon& daemon = production.show.daemon;
    daemon.await("the second post", [&] { return chat.posts().size() == 2; });
    daemon.await_caught_up("notify");
    CHECK(chat.posts().back().body() == R"({"text":"Anim is rev"})");
    for (const char* target : {"/v1/status", "/v1/plugins", "/v1/plugins/notify"})
        CHECK(daemon.request("GET", target).body.find("made-up-token") == std::string::npos);
    CHECK(daemon.stop().exit_code() == 0);
    CHECK(daemon.log_tail(100000).find("made-up-token") == std::string::npos);
}
