// Mailbox: a real SMTP server on loopback (aiosmtpd, smtp_server.py), and the mails that it took.
//
// Thread: the one that made it. Throws: std::runtime_error when the server does not come up.
#pragma once

#include "integration/harness/temporary_directory.hpp"

#include "core/os/child_process.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace foley::testing {

struct ReceivedMail {
    std::string from, subject, body, login, raw;  // subject and body as Python's parser reads them
    std::vector<std::string> to, headers, defects;
    bool tls = false;
};

class Mailbox {
public:
    enum class Security { none, starttls, tls };
    struct Options {
        Security security = Security::none;
        std::string user{}, password{};  // empty: no login
    };

    Mailbox() : Mailbox(Options{}) {}
    explicit Mailbox(const Options& options);
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    int port() const noexcept { return port_; }
    std::filesystem::path certificate() const { return directory_.path() / "certificate.pem"; }
    std::vector<ReceivedMail> mails() const;
    // Ends the server; start() begins it again on the same port.
    void stop();
    void start();

private:
    const Options options_;
    TemporaryDirectory directory_;
    std::optional<core::ChildProcess> server_;
    int port_ = 0;
};

}  // namespace foley::testing
