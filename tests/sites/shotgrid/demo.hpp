// A small production for the simulated site, the same each time: a project with people, sequences, shots, tasks and
// versions. And a busy artist.
#pragma once

#include "tests/sites/shotgrid/site.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace foley::sim::shotgrid {

struct DemoOptions {
    std::string project = "Demo";
    unsigned sequences = 2;
    unsigned shots = 3;              // per sequence
    std::int64_t last_event_id = 0;  // the log goes on after this one
    bool logged = false;             // the log has the events of the demo's making
};

struct Demo {
    Link project;
    Link jane;  // login "jane", password "jane"
    Link ann;
    std::vector<Link> sequences;
    std::vector<Link> shots;
    std::vector<Link> tasks;     // two per shot: Anim, Comp
    std::vector<Link> versions;  // one per shot
};

Demo build_demo(Site& site, const DemoOptions& options = {});

// Changes the status of one task after the other: one event each. Returns the ids of the events, in order; those that
// come late or never are among them.
class Artist {
public:
    Artist(Site& site, const Demo& demo) : site_(site), demo_(demo) {}
    std::vector<std::int64_t> work(std::size_t changes);

private:
    Site& site_;
    const Demo& demo_;
    std::size_t turn_ = 0;
};

}  // namespace foley::sim::shotgrid
