#include "integration/harness/mailbox.hpp"

#include "integration/harness/program.hpp"
#include "integration/harness/scale.hpp"

#include "core/os/files.hpp"

#include <foley/json.hpp>

#include <stdexcept>
#include <thread>

#include <signal.h>

namespace foley::testing {
namespace {

std::vector<std::string> texts(const json::Value& list) {
    std::vector<std::string> result;
    for (const json::Value& text : list.GetArray())
        result.emplace_back(json::text_or_empty(text));
    return result;
}

ReceivedMail read_mail(const std::filesystem::path& file) {
    const json::Document document = json::parse(core::read_file(file));
    const auto text = [&](const char* name) { return std::string(json::text_or_empty(document, name)); };
    return {.from = text("from"),
            .subject = text("subject"),
            .body = text("body"),
            .login = text("login"),
            .raw = text("raw"),
            .to = texts(json::member(document, "to")),
            .headers = texts(json::member(document, "headers")),
            .defects = texts(json::member(document, "defects")),
            .tls = json::is_true(json::member(document, "tls"))};
}

}  // namespace

Mailbox::Mailbox(const Options& options) : options_(options) {
    if (options_.security != Security::none) {
        const Run made = run("/usr/bin/openssl",
                             {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                              "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                              "-keyout", (directory_.path() / "key.pem").string(), "-out", certificate().string()});
        if (made.exit_code() != 0) throw std::runtime_error("no certificate: " + made.told());
    }
    start();
}

Mailbox::~Mailbox() {
    if (server_) server_->send_signal(SIGKILL);
    if (server_) server_->wait(std::chrono::seconds(10));
}

void Mailbox::stop() {
    server_->send_signal(SIGKILL);
    server_->wait(patience());
    server_.reset();
}

void Mailbox::start() {
    const std::filesystem::path told = directory_.path() / "port";
    std::filesystem::remove(told);
    core::ChildSpec spec;
    // A server does not outlive a test that was killed.
    spec.program = "/usr/bin/setpriv";
    spec.arguments = {"--pdeathsig",
                      "KILL",
                      "/usr/bin/python3",
                      (source_directory() / "tests/integration/harness/smtp_server.py").string(),
                      directory_.path().string(),
                      "--port",
                      std::to_string(port_)};
    const auto add = [&](std::initializer_list<std::string> more) {
        spec.arguments.insert(spec.arguments.end(), more);
    };
    if (options_.security != Security::none) {
        add({"--certificate", certificate().string(), "--key", (directory_.path() / "key.pem").string(),
             options_.security == Security::tls ? "--tls" : "--starttls"});
    }
    if (!options_.user.empty()) add({"--login", options_.user, options_.password});
    spec.environment = basic_environment();
    server_.emplace(core::ChildProcess::spawn(spec));
    const auto until = std::chrono::steady_clock::now() + patience();
    while (!std::filesystem::exists(told)) {
        if (server_->try_wait()) throw std::runtime_error("smtp_server.py ended: " + server_->try_wait()->to_string());
        if (std::chrono::steady_clock::now() >= until) throw std::runtime_error("smtp_server.py does not listen");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    port_ = std::stoi(core::read_file(told));
}

std::vector<ReceivedMail> Mailbox::mails() const {
    std::vector<ReceivedMail> result;
    for (int number = 1;; ++number) {
        const auto file = directory_.path() / (std::to_string(number) + ".json");
        if (!std::filesystem::exists(file)) return result;
        result.push_back(read_mail(file));
    }
}

}  // namespace foley::testing
