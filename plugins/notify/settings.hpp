// Settings: notify's settings as its parts want them. The README explains each.
#pragma once

#include "fields/condition.hpp"
#include "fields/subject.hpp"
#include "fields/text_template.hpp"
#include "notify/mail.hpp"

#include <foley/json.hpp>
#include <foley/registrar.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace notify {

struct Rule {
    std::string on;  // entity type
    bool made = false;
    bool revived = false;
    bool retired = false;
    std::set<std::string, std::less<>> changes;  // fields
    fields::Condition when;

    std::vector<fields::FieldPath> to_fields;  // that hold people or groups
    std::vector<std::string> to_addresses;
    bool also_self = false;
    fields::TextTemplate subject{""};
    fields::TextTemplate text{""};
    bool hook = false;
    std::shared_ptr<const foley::json::Document> hook_body;  // texts in it are templates; none: {"text": text}

    bool mails() const noexcept { return !to_fields.empty() || !to_addresses.empty(); }
    // All that is read of an entity.
    std::vector<std::string> fields() const;
    bool wants(const fields::Subject& about) const;
};

struct Settings {
    std::map<std::string, Rule> rules;  // by name
    foley::site::SmtpServer server;
    std::string from;
    foley::Secret hook_url;
    std::string hook_proxy;
    std::string hook_ca_file;
    std::chrono::milliseconds timeout{};
    fields::Projects projects;
    foley::Duration hold{};
};

// The declarations, made while the plugin registers.
class SettingHandles {
public:
    explicit SettingHandles(foley::Registrar& registrar);

    // From the plugin's start on. Throws std::invalid_argument with all that the daemon could not check.
    Settings read() const;

private:
    foley::Setting<foley::SettingMap> rules_;
    foley::Setting<std::string> smtp_host_;
    foley::Setting<std::int64_t> smtp_port_;
    foley::Setting<foley::site::SmtpServer::Tls> smtp_tls_;
    foley::Setting<std::string> smtp_user_;
    foley::Setting<foley::Secret> smtp_password_;
    foley::Setting<std::string> smtp_ca_file_, from_;
    foley::Setting<foley::Secret> hook_url_;
    foley::Setting<std::string> hook_proxy_, hook_ca_file_;
    foley::Setting<std::vector<std::string>> projects_, exclude_projects_;
    foley::Setting<foley::Duration> timeout_, hold_;
};

}  // namespace notify
