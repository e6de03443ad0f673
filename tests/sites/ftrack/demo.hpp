// A small project in the simulated site: sequences, shots, tasks, and versions with components at the central storage
// location.
#pragma once

#include "tests/sites/ftrack/site.hpp"

#include <string>
#include <vector>

namespace foley::sim {

struct DemoOptions {
    std::string project = "demo";   // its short name: the folder
    std::string mount = "/mnt/hs";  // of the central storage on Linux
    unsigned sequences = 2;
    unsigned shots = 3;                              // per sequence
    std::vector<std::string> tasks{"comp", "anim"};  // per shot
    bool versions = true;                            // one per task, with a file and an image sequence
    bool configurations = false;                     // hs_location on Task and AssetVersion exist already
    std::string attribute = "hs_location";
};

struct Demo {
    struct Task {
        std::string id;
        std::string name;
        std::string folder;   // of its shot, relative to the mount, as the standard structure has it
        std::string version;  // AssetVersion id, when there are versions
        std::string file;     // of the version's file component, relative to the mount
        std::string frames;   // of its image sequence: "…/plate.%04d.exr"
        std::string file_component;
    };
    std::string project;
    std::string location;  // the central storage's Location
    std::vector<std::string> sequences;
    std::vector<std::string> shots;
    std::vector<Task> tasks;
};

Demo build_demo(Site& site, const DemoOptions& options = {});

}  // namespace foley::sim
