// A mail, and the way to a server: SMTP, with STARTTLS or TLS and a login where they are configured.
//
// Thread: one at a time. Throws: DeliveryAway, DeliveryLater, DeliveryRefused.
#pragma once

#include <foley/site/smtp.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace notify {

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

void send(const foley::site::SmtpServer& server, const Mail& mail);

}  // namespace notify
