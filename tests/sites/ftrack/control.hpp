// Control: how a test in another process, or a person with curl, works on the simulated site. All bodies are JSON.
//
//     GET  /sim/state                                     connections, subscriptions, counts
//     GET  /sim/demo                                      ids and folders of the demo project
//     GET  /sim/choices?entity=ID&key=K                   the values of a custom attribute
//     POST /sim/set      {"entity","key","values":[…]}    an artist changes an attribute
//     POST /sim/rename   {"entity","name"}
//     POST /sim/move     {"entity","parent"}
//     POST /sim/add      {"type","parent","name"}         answers {"id"}
//     POST /sim/remove   {"entity"}
//     POST /sim/component {"component","location","resource_identifier"}
//     POST /sim/publish  {"topic","data"}
//     POST /sim/raw      {"packet"}
//     POST /sim/drop     {"reset":bool}
//     POST /sim/handshake {"fault":"none|busy|unauthorised|error_object|empty|html|silence|no_greeting"}
//     POST /sim/api      {"kind":"status|error_object|malformed|html|silence|reset|lost_answer","status":503,"times":1}
//     POST /sim/silence  {"silent":bool}
//     POST /sim/duplicates {"count":N}
//     POST /sim/away     {"milliseconds":N}               refuses connections for so long
#pragma once

#include "tests/sites/ftrack/demo.hpp"
#include "tests/sites/ftrack/sim_ftrack.hpp"

#include <string>
#include <utility>

namespace foley::sim {

// `site` and `demo` outlive it. Runs on the simulation's thread.
std::pair<unsigned, std::string> control(SimFtrack& site, const Demo& demo, const std::string& path,
                                         const std::string& body);

}  // namespace foley::sim
