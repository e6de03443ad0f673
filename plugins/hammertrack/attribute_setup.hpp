// AttributeSetup: makes sure that the location attribute exists in ftrack, on tasks and on asset versions, with the
// configured menu; and finds the ids of its configurations.
//
// Thread: the callbacks'. Throws foley::SiteError when the site does not answer; what the account may not do is logged
// with what an administrator has to do.
#pragma once

#include "hammertrack/attribute_menu.hpp"
#include "hammertrack/entity.hpp"
#include "hammertrack/log.hpp"

#include <foley/site/ftrack.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace hammertrack {

enum class AttributeMode {
    create,     // when there is none; what differs in an existing one is reported
    check,      // only report
    overwrite,  // make it as configured
};

struct AttributeOptions {
    std::string key;    // "hs_location"
    std::string label;  // shown in ftrack
    AttributeMenu menu;
    AttributeMode mode = AttributeMode::create;
    std::set<EntityKind> kinds;
};

class AttributeSetup {
public:
    using Configurations = std::map<EntityKind, std::vector<std::string>>;

    // `site` must outlive it.
    AttributeSetup(foley::site::Ftrack& site, AttributeOptions options, Log log)
        : site_(site), options_(std::move(options)), log_(std::move(log)) {}

    // The ids of the configurations there are now, those of single projects too.
    Configurations find();
    // The same, after creating or changing what the mode asks for.
    Configurations ensure();

private:
    struct Found {
        std::string id;
        EntityKind kind;
        std::string type;
        std::string config;
        std::string project;  // id; empty: of all projects
        bool hierarchical;
    };
    std::vector<Found> read();
    void check(const Found& found);
    void create(EntityKind kind);
    void overwrite(const Found& found);
    std::string only_id(const std::string& expression, const std::string& what);

    foley::site::Ftrack& site_;
    AttributeOptions options_;
    Log log_;
};

}  // namespace hammertrack
