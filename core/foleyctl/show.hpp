// What the daemon answered, as people like to read it.
#pragma once

#include <foley/json.hpp>

#include <ostream>
#include <string>
#include <string_view>

namespace foley::core {

struct Screen {
    std::ostream& out;
    bool colours = false;
};

// True: nothing needs a person.
bool show_status(const Screen& screen, const json::Value& status, const json::Value& plugins,
                 const json::Value& sources);
void show_plugins(const Screen& screen, const json::Value& answer);
void show_plugin(const Screen& screen, const json::Value& plugin);
void show_sources(const Screen& screen, const json::Value& answer);
void show_source(const Screen& screen, const json::Value& source);
void show_events(const Screen& screen, const json::Value& events, bool with_head);
void show_event(const Screen& screen, const json::Value& event);
void show_explanations(const Screen& screen, const json::Value& answer);
void show_backlog(const Screen& screen, const json::Value& answer);
void show_dead_letters(const Screen& screen, const json::Value& answer);
void show_crashes(const Screen& screen, const json::Value& answer);
// What a library declares: `foleyctl check`, `foleyctl plugins NAME`.
void show_library(const Screen& screen, const json::Value& hello);

// "4s ago", "in 2m"; empty for no time.
std::string age(std::string_view time);

}  // namespace foley::core
