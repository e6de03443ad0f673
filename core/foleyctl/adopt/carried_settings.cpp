#include "core/foleyctl/adopt/carried_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace foley::core {
namespace {

bool has_lines(const std::string& text) {
    return text.find_first_of("\r\n") != std::string::npos;
}

// ── the site ─────────────────────────────────────────────────────────────────────────────────────────────────────────

class Carrier {
public:
    Carrier(const Installation& from, const std::string& site, CarriedSettings& to)
        : from_(from), site_(site), to_(to) {}

    void carry_site() {
        const std::string at = "sites." + site_ + ".";
        to_.url = from_.server;
        const auto scheme = to_.url.find("://");
        if (scheme == std::string::npos || (!to_.url.starts_with("https:") && !to_.url.starts_with("http:"))) {
            to_.problems.push_back(
                "shotgun.server: expected an address such as https://studio.shotgrid.autodesk.com, "
                "found '" +
                to_.url + "'");
        } else if (const auto user = to_.url.substr(0, to_.url.find('/', scheme + 3)).rfind('@');
                   user != std::string::npos) {
            to_.url.erase(scheme + 3, user - scheme - 2);
            leave_out("shotgun.server: its user and password", "Foley sends none before the login of the script");
        }
        carried("shotgun.server", at + "url: " + to_.url);
        to_.script = from_.script;
        carried("shotgun.name", at + "user: " + to_.script);
        to_.key = secret("shotgun.key", from_.key, at + "api_key", "secrets/" + site_ + "-key");
        if (to_.script.empty() || !from_.key.given())
            to_.problems.push_back("shotgun.name and shotgun.key: one of them is empty");
        carry_proxy(at);
        if (from_.session_uuid) {
            carried("shotgun.use_session_uuid", "plugins call set_session(event.session()) on their connection");
        } else {
            carried("shotgun.use_session_uuid", "off: plugins do not call set_session");
        }
    }

    void carry_daemon() {
        carry_log();
        const std::string source = "sources." + site_ + ".";
        if (from_.fetch_interval > 0) {
            constexpr std::uint32_t kMost = 3600;
            to_.poll_idle = std::min(from_.fetch_interval, kMost);
            carried("daemon.fetch_interval",
                    fmt::format("{}poll_idle: {}s, and sooner while events come", source, to_.poll_idle));
        } else {
            leave_out("daemon.fetch_interval: 0", "asking without a pause; Foley asks every second while events come");
        }
        constexpr std::uint32_t kMostEvents = 5000;
        to_.page = std::clamp(from_.batch, std::uint32_t{1}, kMostEvents);
        carried("daemon.max_event_batch_size", fmt::format("{}page: {}", source, to_.page));
        leave_out("daemon.conn_retry_sleep, daemon.max_conn_retries",
                  "Foley tries again by itself, with pauses that grow to a limit, and for ever");
        to_.pid_file = from_.pid_file.string();
        leave_out("daemon.pidFile",
                  "systemd needs none, and foleyd locks its state directory; the line stands in the configuration as a "
                  "comment, for an init system that wants one");
        carried("daemon.eventIdFile", "plugins.NAME.start, plugin by plugin");
        for (const auto& path : from_.plugin_paths)
            to_.plugin_directories.push_back(path.string());
        carried("plugins.paths", "plugin_directories");
    }

    void carry_mail() {
        const EventMail& mail = from_.mail;
        if (!mail.enabled) return;
        CarriedMail carried_mail{mail.server, {}, address(mail.from), mail.subject, {}, mail.port, false, {}};
        carry_login(carried_mail);
        carry_recipients(carried_mail);
        constexpr std::uint32_t kLastPort = 65535, kUsualPort = 25;
        if (carried_mail.port == 0 || carried_mail.port > kLastPort) {
            leave_out(fmt::format("emails.port: {}", carried_mail.port), "there is no such port; 25 is written");
            carried_mail.port = kUsualPort;
        }
        constexpr std::size_t kLongestSubject = 60;
        if (carried_mail.subject.size() > kLongestSubject || has_lines(carried_mail.subject)) {
            leave_out("emails.subject", "a prefix has up to 60 characters on one line; Foley's own is [Foley]");
            carried_mail.subject.clear();
        }
        if (carried_mail.to.empty() || carried_mail.from.empty() || carried_mail.host.empty()) {
            leave_out("emails", "there is no server, sender or recipient that Foley could use");
            return;
        }
        carried("emails", "mail: " + carried_mail.host + ", grouped and limited, in a thread of its own");
        to_.mail = std::move(carried_mail);
    }

    void list_rest() {
        for (const std::string& option : from_.unknown)
            leave_out(option, "shotgunEvents does not know it either");
        leave_out(
            "what the plugins' own code says: events, script logins, arguments, recipients, stopOnError",
            "it stands in Python, which Foley does not run; docs/coming-from-shotgunevents.md says where each goes");
    }

private:
    void carried(std::string from, std::string to) { to_.carried.push_back({std::move(from), std::move(to)}); }
    void leave_out(std::string what, std::string why) { to_.left_out.push_back({std::move(what), std::move(why)}); }

    SecretReference secret(const std::string& what, const Credential& credential, const std::string& key,
                           const std::string& file) {
        if (!credential.variable.empty()) {
            carried(what, key + ": {env: " + credential.variable + "}");
            return {credential.variable, {}, {}};
        }
        if (has_lines(credential.value)) to_.problems.push_back(what + ": has more than one line, and a key has one");
        if (!credential.value.empty()) carried(what, key + ": {file: " + file + "}");
        return {{}, file, credential.value};
    }

    // "[user:password@]host[:port]": the last @ ends the login; 8080 is the client's own default.
    void carry_proxy(const std::string& at) {
        std::string proxy = from_.proxy;
        if (proxy.empty()) return;
        if (const auto login = proxy.rfind('@'); login != std::string::npos) {
            proxy.erase(0, login + 1);
            leave_out("shotgun.proxy_server: its user and password",
                      "they are a secret: write http://user:password@host:port into a file that only foleyd can read, "
                      "and name it, proxy: {file: …}");
        }
        if (proxy.rfind(':') == std::string::npos) proxy += ":8080";
        to_.proxy = "http://" + proxy;
        carried("shotgun.proxy_server", at + "proxy: " + to_.proxy);
    }

    void carry_log() {
        constexpr int kDebug = 10, kInfo = 20, kWarning = 30, kError = 40;
        const int level = from_.log_level;
        to_.log_level = level <= kDebug ? "debug" : level <= kInfo ? "info" : level <= kWarning ? "warning" : "error";
        carried("daemon.logging", "log.level: " + to_.log_level);
        if (level > kError) leave_out(fmt::format("daemon.logging: {}", level), "Foley's highest level is error");
        if (from_.log_directory.empty()) {
            leave_out("daemon.logFile",
                      "there is no logPath; foleyd writes to the console, under systemd to its journal");
        } else {
            const std::string base = (from_.log_directory / from_.log_name).string();
            to_.log_file = base + ".log";
            to_.log_per_plugin = from_.log_per_plugin;
            carried("daemon.logPath, daemon.logFile",
                    "log.file.path: " + to_.log_file + ", a file each day, 10 are kept");
            carried("daemon.logMode", std::string("log.file.per_plugin: ") + (to_.log_per_plugin ? "true" : "false"));
            if (from_.timing_log) to_.timing_file = base + ".timing.log";
        }
        if (!to_.timing_file.empty()) {
            carried("daemon.timing_log", "log.timing.path: " + to_.timing_file);
        } else if (from_.timing_log) {
            leave_out("daemon.timing_log", "there is no logPath for its file; log.timing.path names one");
        }
    }

    void carry_login(CarriedMail& target) {
        const EventMail& mail = from_.mail;
        if (!mail.user.empty() && mail.password.given()) {
            target.user = mail.user;
            target.password =
                secret("emails.password", mail.password, "mail.password", "secrets/" + site_ + "-mail-password");
            target.starttls = mail.tls;
        } else if (!mail.user.empty() || mail.password.given()) {
            leave_out("emails.username, emails.password",
                      "one of the two is empty; Foley logs in with both or not at all");
        }
        if (mail.tls && !target.starttls)
            leave_out("emails.useTLS", "shotgunEvents uses TLS only with a login; write mail.tls: starttls to have it");
    }

    void carry_recipients(CarriedMail& target) {
        for (const std::string& recipient : from_.mail.to) {
            if (std::string plain = address(recipient); !plain.empty()) {
                target.to.push_back(std::move(plain));
            } else {
                leave_out("emails.to: " + recipient, "this is no address");
            }
        }
    }

    // "Name <someone@studio>" or "someone@studio"; empty: neither.
    static std::string address(const std::string& text) {
        std::string_view found = text;
        if (const auto begin = found.find('<'); begin != std::string_view::npos) {
            const auto end = found.find('>', begin);
            if (end == std::string_view::npos) return {};
            found = found.substr(begin + 1, end - begin - 1);
        }
        const auto at = found.find('@');
        const bool good = at != std::string_view::npos && at > 0 && at + 1 < found.size() &&
                          found.find_first_of(" \t\r\n\"(),:;<>[]\\") == std::string_view::npos &&
                          found.find('@', at + 1) == std::string_view::npos;
        return good ? std::string(found) : std::string();
    }

    const Installation& from_;
    const std::string& site_;
    CarriedSettings& to_;
};

}  // namespace

CarriedSettings carry_settings(const Installation& installation, const std::string& site) {
    CarriedSettings target;
    target.problems = installation.problems;
    Carrier carrier(installation, site, target);
    carrier.carry_site();
    carrier.carry_daemon();
    carrier.carry_mail();
    carrier.list_rest();
    return target;
}

}  // namespace foley::core
