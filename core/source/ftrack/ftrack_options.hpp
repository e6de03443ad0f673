// What an ftrack source needs to know.
#pragma once

#include "core/source/appender.hpp"

#include <foley/site_connection.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace foley::core {

struct FtrackSourceOptions {
    std::string name;
    SiteConnection connection;
    std::vector<std::string> topics{"ftrack.update"};  // "ftrack.*" is a prefix
    std::vector<std::string> subscriptions;            // expressions of the hub, beside the topics
    // Topics that a person waits for, beside ftrack's own (action menus, dynamic menus); their events get a deadline.
    std::vector<std::string> interactive;
    std::chrono::milliseconds interactive_deadline{std::chrono::seconds(60)};

    // Short, so that a server is found soon that comes back while packets to it are dropped.
    std::chrono::milliseconds tcp_timeout{std::chrono::seconds(1)};         // TCP, each address of the host
    std::chrono::milliseconds lookup_timeout{std::chrono::seconds(1)};      // then the addresses known before serve
    std::chrono::milliseconds connect_timeout{std::chrono::seconds(5)};     // TLS and a proxy's tunnel, each try
    std::chrono::milliseconds handshake_timeout{std::chrono::seconds(10)};  // HTTP answer, upgrade, the hub's hello
    std::chrono::milliseconds ack_timeout{std::chrono::seconds(30)};
    // Nothing heard for so long: the connection is dead. Zero: as negotiated with the hub, or 60 s.
    std::chrono::milliseconds dead_after{0};
    std::chrono::milliseconds first_delay{50};     // before connecting again; doubles
    std::chrono::milliseconds longest_delay{900};  // so that it is back within 1.5 s of a server that is back
    std::chrono::milliseconds refused_delay{std::chrono::seconds(60)};    // after wrong credentials and the like
    std::chrono::milliseconds cursor_interval{std::chrono::seconds(10)};  // how often "heard until" is stored when idle
    std::chrono::milliseconds stop_patience{std::chrono::seconds(5)};     // for the last appends
    Appender::Limits queue;
};

}  // namespace foley::core
