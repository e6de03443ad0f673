// Control: how a test in another process, or a person with curl, works on the simulated site. All bodies are JSON; what
// is wrong gets status 400 and {"error"}.
//
//     GET  /sim/state                              requests, calls by method, last_id, committed, late, lost, held, …
//     GET  /sim/demo                               ids of the demo project
//     GET  /sim/committed                          {"ids":[…]}: every entry of the log that can be seen
//     POST /sim/change   {"type","id","fields":{…}}    Jane changes an entity; answers {"events":[ids]}
//     POST /sim/retire   {"type","id"}             the same; also /sim/revive
//     POST /sim/create   {"type","fields":{…}}     answers {"id"}
//     POST /sim/work     {"changes":N}             status changes of the demo's tasks; answers {"first","last"}
//     POST /sim/event    {"event_type","meta",…}   an entry as it is given; answers {"id"}
//     POST /sim/reserve  {"count":N}               ids that nobody has yet; answers {"first","last"}
//     POST /sim/commit   {"id","event":{…}}        an entry under such an id
//     POST /sim/lateness {"late":0.03,"never":0.01,"longest":60000,"seed":1}    of entries from now on; {}: none
//     POST /sim/hold     {"on":true}               entries get ids and stay unseen; answers {"ids"} of those that do
//     POST /sim/release  {"ids":[…]}               they appear, in this order; without ids all do
//     POST /sim/discard  {}                        they never will
//     POST /sim/clock    {"offset","date_offset","frozen":bool}    milliseconds; of the site, and of the header Date
//     POST /sim/advance  {"milliseconds":N}        the site's clock; late entries appear
//     POST /sim/fail     {"kind","status","code","text","method","delay","times"}    the next requests; kinds: status,
//                                                  html, damaged, wrong_form, fault, silence, reset, cut, lost_answer,
//                                                  slow
//     POST /sim/faults   {"share":0.05,"seed":1,"kinds":["cut",…]}    of all requests; {}: none, the next ones neither
//     POST /sim/mode     {"maintenance","refuse_scripts","gzip","no_date":bool}
//     POST /sim/version  {"version":[8,72,0,1234],"page_limit":500}
//     POST /sim/away     {"milliseconds":N}        refuses connections for so long
#pragma once

#include "tests/sites/shotgrid/demo.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <string>
#include <utility>

namespace foley::sim::shotgrid {

// `site`, `demo` and `artist` outlive it. Runs on the simulation's thread.
std::pair<unsigned, std::string> control(SimShotgrid& site, const Demo& demo, Artist& artist, const std::string& path,
                                         const std::string& body);

}  // namespace foley::sim::shotgrid
