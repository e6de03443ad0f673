// MailSender: hands a mail to a server. SMTP is one; tests have their own.
#pragma once

#include "core/report/mail_message.hpp"
#include "core/report/mail_options.hpp"

#include <memory>
#include <stdexcept>
#include <string>

namespace foley::core {

// what() is a sentence without secrets.
class MailError : public std::runtime_error {
public:
    // refused: the server does not want this mail and will not want it later; otherwise a later try may succeed.
    enum class Kind { refused, away };

    MailError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
    Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

class MailSender {
public:
    virtual ~MailSender() = default;
    // Blocks until the server has taken it, for at most the server's timeout. Throws MailError.
    virtual void send(const site::SmtpServer& server, const Mail& mail) = 0;
    // From any thread: the present and every later send ends at once, with MailError.
    virtual void interrupt() noexcept = 0;
};

// With libcurl; a connection for each mail.
std::unique_ptr<MailSender> make_smtp_sender();

}  // namespace foley::core
