// Smtp: hands mails to a server with libcurl: plain, STARTTLS or TLS, with a login where one is given.
//
// TLS: at least 1.2, chain and host name verified, always; with STARTTLS a server that does not offer it gets nothing.
// No proxy, whatever the environment says. A connection for each mail.
//
// Thread: one at a time per object, but for interrupt(). Throws: SmtpError.
#pragma once

#include <foley/secret.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace foley::site {

// Names and addresses have been checked: they hold no control characters and no blanks.
struct SmtpServer {
    enum class Tls : std::uint8_t { none, starttls, tls };

    std::string host;
    std::uint16_t port = 587;
    Tls tls = Tls::starttls;
    std::string ca_file;  // PEM; empty: the system's
    std::string user;     // empty: no login
    Secret password;
    std::chrono::milliseconds timeout{30000};  // of a whole delivery

    friend bool operator==(const SmtpServer&, const SmtpServer&) = default;
};

// A message and its envelope.
struct SmtpMail {
    std::string from;             // bare addresses
    std::vector<std::string> to;  // one that is wrong does not keep the mail from the others
    std::string message;          // RFC 5322, lines end in CRLF
};

// what() is a sentence without secrets that begins with the server: "mail.x.test:587 refuses a mail: … (550)".
class SmtpError : public std::runtime_error {
public:
    enum class Kind : std::uint8_t {
        away,        // not there, lost on the way, or unwell
        login,       // it does not take user and password
        untrusted,   // nobody vouches for its certificate, or ca_file cannot be used
        no_tls,      // it offers no STARTTLS
        later,       // it asks to come again with this mail (450 to 452)
        refused,     // it does not want this mail, its sender or any of its recipients, and will not later
        interrupted  // by interrupt()
    };

    SmtpError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
    Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

class Smtp {
public:
    Smtp();
    ~Smtp();
    Smtp(const Smtp&) = delete;
    Smtp& operator=(const Smtp&) = delete;

    // Blocks until the server has taken it, for at most the server's timeout.
    void send(const SmtpServer& server, const SmtpMail& mail);
    // From any thread: the present and every later send ends at once.
    void interrupt() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace foley::site
