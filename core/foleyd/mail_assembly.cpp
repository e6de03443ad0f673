// From the configuration to the options of mails and of the timing log.
#include "core/foleyd/assembly.hpp"

#include <array>

#include <unistd.h>

namespace foley::core {
namespace {

static_assert(static_cast<int>(MailTls::tls) == static_cast<int>(site::SmtpServer::Tls::tls));
static_assert(static_cast<int>(MailTopic::log) == static_cast<int>(NoticeKind::log));

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
    return name.data();
}

Addresses recipients(const MailConfig& mail, const PluginConfig& plugin) {
    Addresses to = plugin.mail.to.value_or(mail.to);
    for (const std::string& address : plugin.mail.also) {
        if (std::find(to.begin(), to.end(), address) == to.end()) to.push_back(address);
    }
    return to;
}

}  // namespace

std::optional<MailOptions> mail_options(const Configuration& configuration) {
    if (!configuration.mail) return std::nullopt;
    const MailConfig& mail = *configuration.mail;
    MailOptions options;
    options.server.host = mail.host;
    options.server.port = static_cast<std::uint16_t>(mail.port);
    options.server.tls = static_cast<site::SmtpServer::Tls>(mail.tls);
    options.server.ca_file = mail.ca_file.string();
    options.server.user = mail.user;
    options.server.password = mail.password;
    options.server.timeout = mail.timeout;
    options.from = mail.from;
    options.subject_prefix = mail.subject;
    options.machine = host_name();
    options.limits = {mail.period, mail.at_once};
    for (const MailTopic topic : mail.about)
        options.about.insert(static_cast<NoticeKind>(topic));
    options.to = mail.to;
    options.to_by_default = recipients(mail, configuration.plugin_defaults);
    for (const auto& [name, plugin] : configuration.plugins)
        options.to_for.emplace(name, recipients(mail, plugin));
    return options;
}

std::unique_ptr<TimingLog> make_timing_log(const Configuration& configuration, TimingLog::LogWriter log) {
    if (!configuration.log.timing) return nullptr;
    TimingOptions options;
    options.file = configuration.log.timing->file;
    options.keep_days = static_cast<std::uint16_t>(configuration.log.timing->keep_days);
    return std::make_unique<TimingLog>(std::move(options), std::move(log));
}

}  // namespace foley::core
