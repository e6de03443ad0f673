// People: to which addresses a rule's mail goes, by what the site says of them now.
//
// Thread: one at a time. Throws: SiteError.
#pragma once

#include "notify/settings.hpp"

#include <foley/event.hpp>
#include <foley/logger.hpp>
#include <foley/site/shotgrid.hpp>

#include <string>
#include <vector>

namespace notify {

// The addresses, each once. Who gets none, and why, is told to the log.
std::vector<std::string> recipients(foley::site::Shotgrid& shotgrid, const Rule& rule, const foley::json::Value& entity,
                                    const foley::Event& event, const foley::Logger& log);

}  // namespace notify
