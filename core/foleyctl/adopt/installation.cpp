#include "core/foleyctl/adopt/installation.hpp"

#include "core/event/number_ranges.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace foley::core {
namespace {

std::string stripped(const std::string& text) {
    constexpr const char* kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string> list_of(const std::string& text) {
    std::vector<std::string> items;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto comma = std::min(text.find(',', begin), text.size());
        if (std::string item = stripped(text.substr(begin, comma - begin)); !item.empty())
            items.push_back(std::move(item));
        begin = comma + 1;
    }
    return items;
}

// What the daemon reads; everything else is nobody's. In lower case, as they are compared.
const std::map<std::string, std::set<std::string>>& known_options() {
    static const std::map<std::string, std::set<std::string>> known{
        {"daemon",
         {"pidfile", "eventidfile", "logmode", "logpath", "logfile", "logging", "timing_log", "conn_retry_sleep",
          "max_conn_retries", "fetch_interval", "max_event_batch_size"}},
        {"shotgun", {"server", "name", "key", "proxy_server", "use_session_uuid"}},
        {"plugins", {"paths"}},
        {"emails", {"enabled", "server", "port", "usetls", "username", "password", "from", "to", "subject"}}};
    return known;
}

// Reads one option after the other; what is wrong becomes a problem.
class OptionReader {
public:
    OptionReader(const IniFile& ini, Installation& target) : ini_(ini), target_(target) {}

    void text(const char* section, const char* option, std::string& value, bool required) {
        if (auto found = ini_.get(section, option)) {
            value = *std::move(found);
        } else if (required) {
            missing(section, option);
        }
    }

    void path(const char* section, const char* option, std::filesystem::path& value, bool required) {
        std::string found;
        text(section, option, found, required);
        if (!found.empty()) value = absolute(found, std::string(section) + "." + option);
    }

    std::filesystem::path absolute(const std::string& found, const std::string& what) {
        const std::filesystem::path path = found;
        if (path.is_absolute()) return path.lexically_normal();
        std::filesystem::path guess = (target_.file.parent_path() / path).lexically_normal();
        target_.remarks.push_back(what + " is the relative path " + found + "; taken as " + guess.string());
        return guess;
    }

    template <typename Number>
    void number(const char* section, const char* option, Number& value, bool required) {
        std::string found;
        text(section, option, found, required);
        if (found.empty()) return;
        const auto parsed = decimal_id(found);
        if (parsed && *parsed <= static_cast<std::uint64_t>(std::numeric_limits<Number>::max())) {
            value = static_cast<Number>(*parsed);
        } else {
            wrong(section, option, "a whole number", found);
        }
    }

    void boolean(const char* section, const char* option, bool& value, bool required) {
        std::string found;
        text(section, option, found, required);
        if (found.empty()) return;
        std::transform(found.begin(), found.end(), found.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        constexpr std::array<const char*, 4> kYes{"1", "yes", "true", "on"};
        constexpr std::array<const char*, 4> kNo{"0", "no", "false", "off"};
        const bool yes = std::find(kYes.begin(), kYes.end(), found) != kYes.end();
        if (!yes && std::find(kNo.begin(), kNo.end(), found) == kNo.end())
            return wrong(section, option, "true or false", found);
        value = yes;
    }

    // Never shown. One that comes from the environment need not be there now.
    void credential(const char* section, const char* option, Credential& value, bool required) {
        if (auto variable = ini_.variable(section, option)) {
            value.variable = *std::move(variable);
            return;
        }
        text(section, option, value.value, required);
    }

    void find_unknown() {
        for (const std::string& section : ini_.sections()) {
            const auto known = known_options().find(section);
            for (const std::string& option : ini_.options(section)) {
                if (known == known_options().end() || !known->second.contains(option))
                    target_.unknown.push_back(std::string(section).append(".").append(option));
            }
        }
    }

private:
    void missing(const char* section, const char* option) {
        target_.problems.push_back(ini_.place(section, option) + ": [" + section + "] has no " + option +
                                   ", which shotgunEvents does not start without");
    }
    void wrong(const char* section, const char* option, const char* expected, const std::string& found) {
        target_.problems.push_back(ini_.place(section, option) + ": " + option + ": expected " + expected +
                                   ", found '" + found + "'");
    }

    const IniFile& ini_;
    Installation& target_;
};

void read_daemon(OptionReader& read, Installation& target) {
    read.path("daemon", "pidFile", target.pid_file, true);
    read.path("daemon", "eventIdFile", target.state_file, true);
    std::uint32_t mode = 1;
    read.number("daemon", "logMode", mode, true);
    target.log_per_plugin = mode == 1;
    read.path("daemon", "logPath", target.log_directory, false);
    read.text("daemon", "logFile", target.log_name, true);
    read.number("daemon", "logging", target.log_level, true);
    std::string timing;
    read.text("daemon", "timing_log", timing, false);
    target.timing_log = timing == "on";  // the one text that switches it on
    read.number("daemon", "conn_retry_sleep", target.retry_sleep, true);
    read.number("daemon", "max_conn_retries", target.retries, true);
    read.number("daemon", "fetch_interval", target.fetch_interval, true);
    read.number("daemon", "max_event_batch_size", target.batch, false);
}

void read_shotgun(OptionReader& read, Installation& target) {
    read.text("shotgun", "server", target.server, true);
    read.text("shotgun", "name", target.script, true);
    read.credential("shotgun", "key", target.key, true);
    read.text("shotgun", "proxy_server", target.proxy, false);
    read.boolean("shotgun", "use_session_uuid", target.session_uuid, true);
}

void read_mail(OptionReader& read, Installation& target) {
    EventMail& mail = target.mail;
    read.boolean("emails", "enabled", mail.enabled, true);
    if (!mail.enabled) return;  // then nothing else needs to be there
    read.text("emails", "server", mail.server, true);
    read.number("emails", "port", mail.port, false);
    read.boolean("emails", "useTLS", mail.tls, false);
    read.text("emails", "username", mail.user, false);
    read.credential("emails", "password", mail.password, false);
    read.text("emails", "from", mail.from, true);
    std::string to;
    read.text("emails", "to", to, true);
    mail.to = list_of(to);
    read.text("emails", "subject", mail.subject, true);
}

}  // namespace

Installation read_installation(const IniFile& ini, const std::filesystem::path& file) {
    Installation target;
    target.file = file;
    OptionReader read(ini, target);
    read_daemon(read, target);
    read_shotgun(read, target);
    std::string paths;
    read.text("plugins", "paths", paths, true);
    for (const std::string& path : list_of(paths))
        target.plugin_paths.push_back(read.absolute(path, "plugins.paths"));
    read_mail(read, target);
    read.find_unknown();
    return target;
}

}  // namespace foley::core
