// A mail, and the way to a server with libcurl: SMTP, with STARTTLS or TLS and a login where they are configured.
//
// Thread: one at a time. Throws: DeliveryAway, DeliveryLater, DeliveryRefused.
#pragma once

#include <foley/secret.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace notify {

struct MailServer {
    enum class Tls { none, starttls, tls };
    std::string host;  // empty: none is configured
    int port = 587;
    Tls tls = Tls::starttls;
    std::string user;
    foley::Secret password;
    std::string ca_file;
    std::chrono::milliseconds timeout{};
};

struct Mail {
    std::string from;
    std::vector<std::string> to;
    std::string subject;
    std::string body;
    std::chrono::sys_seconds at{};
    std::string id;  // the left side of the message's id; letters, digits, dots
};

// One bare address that can stand in a header and an envelope: something@something, of plain ASCII.
bool is_address(std::string_view text);

// RFC 5322: ASCII, no line over 998 characters, lines end in CRLF. Nothing in subject or body can become a header.
std::string message_of(const Mail& mail);

void send(const MailServer& server, const Mail& mail);

}  // namespace notify
