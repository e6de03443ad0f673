// A shotGunEventDaemon.conf as studios have them, to be varied.
#pragma once

#include "core/foleyctl/adopt/installation.hpp"

#include <string>

namespace foley::core::testing {

inline const std::string kConf = R"(# The Flow Production Tracking event daemon of our studio.
[daemon]
pidFile: /var/log/shotgunEventDaemon/shotgunEventDaemon.pid
eventIdFile: /var/log/shotgunEventDaemon/shotgunEventDaemon.id
logMode: 1
logPath: /var/log/shotgunEventDaemon
logFile: shotgunEventDaemon
logging: 20
timing_log: on
conn_retry_sleep = 60
max_conn_retries = 5
fetch_interval = 5
max_event_batch_size = 500

[shotgun]
server: https://studio.shotgrid.autodesk.com
name: eventDaemon
key: 0123456789abcdef
use_session_uuid: True

[plugins]
paths: /srv/plugins, /srv/more

[emails]
enabled: True
server: smtp.studio.example.com
port: 587
useTLS: True
username: daemon
password: %(SMTP_PASSWORD)s
from: Event Daemon <daemon@studio.example.com>
to: td@studio.example.com, it@studio.example.com
subject: [SG]
)";

// The sample with one text in the place of another.
inline std::string conf_with(const std::string& old_text, const std::string& new_text) {
    std::string text = kConf;
    return text.replace(text.find(old_text), old_text.size(), new_text);
}

inline Installation installation(const std::string& text = kConf, IniFile::Environment environment = {}) {
    return read_installation(IniFile(text, "/etc/shotGunEventDaemon.conf", std::move(environment)),
                             "/etc/shotGunEventDaemon.conf");
}

}  // namespace foley::core::testing
