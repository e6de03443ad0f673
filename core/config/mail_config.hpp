// What the configuration says about mails. What each value means stands in etc/foley.yaml.
#pragma once

#include <foley/secret.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

enum class MailTls : std::uint8_t { none, starttls, tls };
// What mails are about.
enum class MailTopic : std::uint8_t { disabled, crash, reload, dead_letter, source, log };

struct MailConfig {
    std::string host;
    std::uint32_t port = 587;
    MailTls tls = MailTls::starttls;
    std::filesystem::path ca_file;
    std::string user;  // empty: no login
    Secret password;
    std::string from;
    std::vector<std::string> to;
    std::string subject = "[Foley]";
    std::chrono::milliseconds timeout{30000};
    std::chrono::milliseconds period = std::chrono::minutes(15);
    std::uint32_t at_once = 10;
    std::vector<MailTopic> about{MailTopic::disabled, MailTopic::crash, MailTopic::reload, MailTopic::dead_letter,
                                 MailTopic::source};
};

// Of one plugin.
struct PluginMailConfig {
    std::optional<std::vector<std::string>> to;  // instead of the recipients of all mails; may be nobody
    std::vector<std::string> also;               // beside them
};

}  // namespace foley::core
