// What the control interface says, in the words of tests. The one place of the harness that knows its JSON.
#pragma once

#include <foley/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace foley::testing {

struct PluginView {
    std::string name;
    std::string state = "unknown";
    std::string reason, waits_for, file, build, shadowed, reload_problem, last_error, last_crash;
    int pid = 0;  // 0: no host
    std::uint64_t position = 0, retries = 0, held = 0, dead_letters = 0, lag = 0, in_flight = 0, in_callback = 0;
    std::uint64_t done = 0, ignored = 0, retried = 0, failed = 0, expired = 0, crashes = 0, reloads = 0;
};

struct SourceView {
    std::string name;
    std::string state = "unknown";
    std::string detail;
    std::uint64_t events = 0, duplicates = 0, set_aside = 0, reconnects = 0, open_gaps = 0;
    std::map<std::string, std::string> more;  // of the kind
};

struct EngineView {
    std::uint64_t head = 0;
    std::string journal_problem;
    std::vector<std::string> notes;
};

PluginView plugin_view(const json::Value& value);
SourceView source_view(const json::Value& value);
EngineView engine_view(const json::Value& value);

}  // namespace foley::testing
