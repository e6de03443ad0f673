// Installation: what a shotgunEventDaemon.conf says, typed, with the defaults of that daemon.
#pragma once

#include "core/foleyctl/adopt/ini_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

// A text that may be secret, and where it comes from.
struct Credential {
    std::string value;     // empty when only the variable is known
    std::string variable;  // of the environment; empty: it stands in the file
    bool given() const noexcept { return !value.empty() || !variable.empty(); }
};

struct EventMail {
    bool enabled = false;
    std::string server, user, from, subject;
    Credential password;
    std::uint32_t port = 25;
    bool tls = false;
    std::vector<std::string> to;
};

struct Installation {
    std::filesystem::path file;
    std::filesystem::path pid_file, state_file, log_directory;
    std::string log_name;
    bool log_per_plugin = true;
    int log_level = 20;
    bool timing_log = false;
    std::uint32_t retry_sleep = 60, retries = 5, fetch_interval = 5, batch = 500;  // seconds, times, seconds, events
    std::string server, script, proxy;
    Credential key;
    bool session_uuid = true;
    std::vector<std::filesystem::path> plugin_paths;
    EventMail mail;
    std::vector<std::string> unknown;   // "daemon.colour": options that the daemon does not know
    std::vector<std::string> problems;  // sentences: what it cannot be without
    std::vector<std::string> remarks;   // sentences: what had to be guessed
};

// Relative paths are taken from the folder of the file. Throws IniError when the file cannot be read as an INI file;
// what is missing or makes no sense becomes a problem.
Installation read_installation(const IniFile& ini, const std::filesystem::path& file);

}  // namespace foley::core
