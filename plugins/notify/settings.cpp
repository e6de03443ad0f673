#include "notify/settings.hpp"

#include "notify/rule.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace notify {

using namespace std::chrono_literals;
using Tls = foley::site::SmtpServer::Tls;
namespace json = foley::json;

std::vector<std::string> Rule::fields() const {
    std::set<std::string> names;
    const auto add = [&](const fields::TextTemplate& one) {
        for (const auto& name : one.names()) {
            if (!is_of_event(name)) names.insert(fields::FieldPath(name).text());
        }
    };
    add(subject);
    add(text);
    if (hook_body) for_each_text(*hook_body, [&](std::string_view each) { add(fields::TextTemplate(each)); });
    for (const auto& path : when.paths())
        names.insert(path.text());
    for (const auto& path : to_fields)
        names.insert(path.text());
    return {names.begin(), names.end()};
}

bool Rule::wants(const fields::Subject& about) const {
    if (about.type != on) return false;
    if (about.action == "add") return made;
    if (about.action == "revive") return revived;
    if (about.action == "remove") return retired;
    return changes.contains(about.attribute);
}

SettingHandles::SettingHandles(foley::Registrar& registrar)
    : rules_(registrar.required<foley::SettingMap>("rules",
                                                   "Name to rule: on, event or changes, when, to, subject, text, "
                                                   "hook.")),
      smtp_host_(registrar.setting("smtp_host", "", "The mail server. Needed when a rule sends mails.")),
      smtp_port_(registrar.setting("smtp_port", 587, "Its port.").range(1, 65535)),
      smtp_tls_(registrar.choice("smtp_tls", Tls::starttls,
                                 {{"starttls", Tls::starttls}, {"tls", Tls::tls}, {"none", Tls::none}},
                                 "How the connection is protected.")),
      smtp_user_(registrar.setting("smtp_user", "", "The login. Empty: none.")),
      smtp_password_(registrar.optional<foley::Secret>("smtp_password", "Its password: {file: …} or {env: …}.")),
      smtp_ca_file_(registrar.setting("smtp_ca_file", "", "PEM file with the authority of its certificate.")),
      from_(registrar.setting("from", "", "The sender's address.")),
      hook_url_(registrar.optional<foley::Secret>("hook_url",
                                                  "The web hook's address: {file: …} or {env: …}, since who "
                                                  "knows it can post.")),
      hook_proxy_(registrar.setting("hook_proxy", "", "http://proxy:3128. Empty: none.")),
      hook_ca_file_(registrar.setting("hook_ca_file", "", "PEM file with the authority of its certificate.")),
      projects_(registrar.setting("projects", std::vector<std::string>{}, "Only these, by id or name. None: all.")),
      exclude_projects_(registrar.setting("exclude_projects", std::vector<std::string>{}, "Not these.")),
      timeout_(registrar.setting("timeout", 30s, "How long a mail or a post may take.").range(1s, 10min)),
      hold_(registrar.setting("hold", 30s, "How long to wait before trying again while a server or the site is away.")
                .range(1s, 1h)) {}

Settings SettingHandles::read() const {
    std::string faults;
    Settings out;
    bool mails = false, hooks = false;
    const auto& rules = rules_.get().json();
    if (rules.MemberCount() == 0) faults += "rules: there are none. ";
    for (const auto& member : rules.GetObject()) {
        const std::string name(json::text_or_empty(member.name));
        try {
            const auto& rule = out.rules.emplace(name, rule_of(member.value)).first->second;
            mails = mails || rule.mails();
            hooks = hooks || rule.hook;
        } catch (const std::invalid_argument& error) {
            faults += fmt::format("rules.{}: {} ", name, error.what());
        }
    }
    out.server = {.host = smtp_host_.get(),
                  .port = static_cast<std::uint16_t>(smtp_port_.get()),
                  .tls = smtp_tls_.get(),
                  .ca_file = smtp_ca_file_.get(),
                  .user = smtp_user_.get(),
                  .password = smtp_password_.get(),
                  .timeout = std::chrono::ceil<std::chrono::milliseconds>(timeout_.get())};
    out.from = from_.get();
    out.hook_url = hook_url_.get();
    out.hook_proxy = hook_proxy_.get();
    out.hook_ca_file = hook_ca_file_.get();
    if (mails && out.server.host.empty()) faults += "smtp_host: there are rules that send mails. ";
    if (mails && !is_address(out.from)) faults += fmt::format("from: \"{}\" is no address of a mail. ", out.from);
    if (hooks && out.hook_url.empty()) faults += "hook_url: there are rules that post to it. ";
    if (!out.server.user.empty() && out.server.tls == Tls::none)
        faults += "smtp_user: a password goes over no connection without TLS. Set smtp_tls to starttls or tls. ";
    if (!faults.empty()) {
        faults.pop_back();
        throw std::invalid_argument(faults);
    }
    out.timeout = out.server.timeout;
    out.projects = {projects_.get(), exclude_projects_.get()};
    out.hold = hold_.get();
    return out;
}

}  // namespace notify
