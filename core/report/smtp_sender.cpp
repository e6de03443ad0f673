#include "core/report/mail_sender.hpp"

#include <foley/site/smtp.hpp>

namespace foley::core {
namespace {

using Kind = site::SmtpError::Kind;

std::string hint(Kind kind) {
    if (kind == Kind::login) return ". Look at mail.user and mail.password.";
    if (kind == Kind::untrusted)
        return ". If its certificate is of an authority of your own, name that as mail.ca_file.";
    return {};
}

class SmtpSender final : public MailSender {
public:
    void send(const site::SmtpServer& server, const Mail& mail) override {
        try {
            smtp_.send(server, {.from = mail.from, .to = mail.to, .message = to_message(mail)});
        } catch (const site::SmtpError& error) {
            throw MailError(error.kind() == Kind::refused ? MailError::Kind::refused : MailError::Kind::away,
                            std::string(error.what()).append(hint(error.kind())));
        }
    }

    void interrupt() noexcept override { smtp_.interrupt(); }

private:
    site::Smtp smtp_;
};

}  // namespace

std::unique_ptr<MailSender> make_smtp_sender() {
    return std::make_unique<SmtpSender>();
}

}  // namespace foley::core
