// Planner: which folders an entity should have, by what the site says of it now.
//
// Thread: one at a time. Throws: SiteError; std::invalid_argument for values of which no folder's name can be made.
#pragma once

#include "make_folders/settings.hpp"

#include <foley/site/shotgrid.hpp>

#include <optional>
#include <string>
#include <vector>

namespace make_folders {

struct Plan {
    enum class Kind {
        ready,
        gone,     // the entity, or what its folder is in, is retired by now
        missing,  // a field is empty: `missing` names them
        unruled,  // its folder is in that of an entity whose type has no template: `why`
    };
    Kind kind = Kind::ready;
    std::string path;                  // relative to the root
    std::vector<std::string> folders;  // beneath it, relative to the root too
    std::vector<std::string> missing;  // "Shot 12: sg_sequence.Sequence.code"
    std::string why;
};

class Planner {
public:
    // settings must outlive the planner.
    explicit Planner(const Settings& settings) : settings_(settings) {}

    Plan plan(foley::site::Shotgrid& shotgrid, const std::string& type, std::int64_t id) const;
    // What the site's schema does not know, as sentences, one for each field.
    std::vector<std::string> faults(foley::site::Shotgrid& shotgrid) const;

private:
    Plan plan(foley::site::Shotgrid& shotgrid, const std::string& type, std::int64_t id, unsigned depth) const;
    const Settings& settings_;
};

}  // namespace make_folders
