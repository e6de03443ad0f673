// CarriedSettings: the settings of shotgunEvents in Foley's terms. What has no such terms is listed with the reason.
#pragma once

#include "core/foleyctl/adopt/installation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

struct CarriedOver {
    std::string from, to;  // "daemon.logMode", "log.file.per_plugin: true"
};

struct NotCarriedOver {
    std::string what, reason;
};

// A secret as the configuration refers to it: a variable, or a file of its own beside the configuration.
struct SecretReference {
    std::string variable;  // empty: a file
    std::string file;      // relative to the configuration
    std::string content;   // of the file; never shown
};

struct CarriedMail {
    std::string host, user, from, subject;
    SecretReference password;  // when there is a user
    std::uint32_t port = 25;
    bool starttls = false;
    std::vector<std::string> to;
};

struct CarriedSettings {
    std::string url, script, proxy;
    SecretReference key;
    std::string log_level, log_file, timing_file;  // files empty: none
    bool log_per_plugin = false;
    std::uint32_t poll_idle = 0;  // seconds; 0: as Foley has it
    std::uint32_t page = 0;       // events; 0: as Foley has it
    std::optional<CarriedMail> mail;
    std::string pid_file;
    std::vector<std::string> plugin_directories;

    std::vector<CarriedOver> carried;
    std::vector<NotCarriedOver> left_out;
    std::vector<std::string> problems;  // sentences: without this there is no configuration
};

// `site` is the name of the site; secret files are named after it.
CarriedSettings carry_settings(const Installation& installation, const std::string& site);

}  // namespace foley::core
