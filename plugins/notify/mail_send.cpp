#include "notify/delivery.hpp"
#include "notify/mail.hpp"

#include <fmt/format.h>

namespace notify {

void send(const foley::site::SmtpServer& server, const Mail& mail) {
    using Kind = foley::site::SmtpError::Kind;
    try {
        foley::site::Smtp().send(server, {.from = mail.from, .to = mail.to, .message = message_of(mail)});
    } catch (const foley::site::SmtpError& error) {
        const auto sentence = fmt::format("The mail server {}", error.what());
        switch (error.kind()) {
            case Kind::login:
                throw DeliveryAway(fmt::format("{}. Look at smtp_user and smtp_password.", sentence));
            case Kind::untrusted:
                throw DeliveryAway(fmt::format(
                    "{}. If its certificate is of an authority of your own, name that as smtp_ca_file.", sentence));
            case Kind::refused:
                throw DeliveryRefused(sentence);
            case Kind::later:
                throw DeliveryLater(sentence);
            case Kind::away:
            case Kind::no_tls:
            case Kind::interrupted:
                throw DeliveryAway(sentence);
        }
    }
}

}  // namespace notify
