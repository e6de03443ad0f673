// What a ShotGrid source needs to know.
#pragma once

#include "core/source/gap_tracker.hpp"

#include <foley/secret.hpp>
#include <foley/site_connection.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

// Where a site's webhooks are heard.
struct WebhookOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any that is free
    std::string path = "/";
    Secret secret;  // the hook's token; what is not signed with it is refused

    // A site sends up to 1 MB, and some connections at once.
    std::size_t longest_body = std::size_t{4} << 20;
    std::size_t longest_header = std::size_t{16} << 10;
    std::size_t connections = 16;
    std::chrono::milliseconds patience{std::chrono::seconds(10)};        // with a client that is slow
    std::chrono::milliseconds listen_again{std::chrono::seconds(2)};     // when the port is taken
    std::chrono::milliseconds repeat_refusal{std::chrono::minutes(10)};  // wrong signatures are logged so often
};

struct ShotgridSourceOptions {
    // The event to begin with the first time ever; later the cursor says where to go on.
    enum class Start { latest, earliest, id, time };

    std::string name;
    SiteConnection connection;
    Start start = Start::latest;
    std::uint64_t start_id = 1;  // the first event wanted
    Timestamp start_time{};

    // Names or ids, and types; a "*" at the end stands for any rest. Empty: all.
    std::vector<std::string> projects, exclude_projects;
    bool without_project = true;  // events of no project are taken, whatever `projects` says
    std::vector<std::string> types, exclude_types;
    bool skip_own_events = false;  // those of the connection's own script

    std::chrono::milliseconds poll{std::chrono::seconds(1)};        // between two looks when something comes
    std::chrono::milliseconds poll_idle{std::chrono::seconds(10)};  // and when nothing has come for a while
    std::size_t page = 500;
    std::size_t pages_ahead = 4;  // that are asked for while the journal is written to, at most
    GapTracker::Rules gaps;
    std::optional<WebhookOptions> webhook;        // beside asking, never instead of it
    std::chrono::milliseconds webhook_rest{250};  // between two looks that only webhooks ask for
    // With so many open gaps nothing newer is read until some are closed: there is something very wrong with the site.
    std::size_t most_gaps = 20'000;

    std::chrono::milliseconds connect_timeout{std::chrono::seconds(10)};
    std::chrono::milliseconds total_timeout{std::chrono::seconds(60)};
    std::chrono::milliseconds first_delay{500};  // before trying again; doubles
    std::chrono::milliseconds longest_delay{std::chrono::seconds(30)};
    std::chrono::milliseconds refused_delay{std::chrono::seconds(60)};  // after wrong credentials and the like
    std::chrono::milliseconds repeat_error{std::chrono::hours(1)};      // a refusal that lasts is logged again so often
};

}  // namespace foley::core
