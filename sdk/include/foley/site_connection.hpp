// SiteConnection: how to reach one production-tracking server, as the daemon's configuration says under `sites:`. The
// clients of <foley/site/…> are made from it.
#pragma once

#include <foley/secret.hpp>

#include <map>
#include <string>

namespace foley {

struct SiteConnection {
    std::string name;      // in the daemon's configuration
    std::string kind;      // "ftrack", "shotgrid", "ayon"
    std::string url;       // "https://studio.ftrackapp.com"
    std::string user;      // API user (ftrack), script name (ShotGrid); empty where the secret says all
    Secret secret;         // API key
    std::string proxy;     // "http://proxy:3128"; empty: none. May hold a user and a password: not for logs
    std::string ca_file;   // PEM file with the authorities to trust; empty: the system's
    bool dry_run = false;  // reads pass, writes are logged and not sent

    // Whatever else the configuration says of the site, texts as they are, anything else as JSON text.
    std::map<std::string, std::string, std::less<>> options;
};

}  // namespace foley
