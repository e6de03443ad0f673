// figures: how fast Foley is on this machine, with the real programs, beside what the machine allows in the same run.
// docs/performance.md explains the table. It judges nothing: the exit code is 0 whatever was measured.
#include "bench/cases.hpp"
#include "integration/harness/program.hpp"
#include "integration/harness/temporary_directory.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace foley::bench;

using Case = std::pair<std::string, std::function<void(Bench&)>>;

const std::vector<Case>& cases() {
    static const std::vector<Case> all{
        {"site", [](Bench& bench) { site_to_plugins(bench, 1), site_to_plugins(bench, 10); }},
        {"journal", journal_to_plugins},
        {"bystanders", bystanders},
        {"commit", commit_latency},
        {"hub", hub_latency},
        {"reload", reload},
        {"start", start_with_full_journal},
        {"memory", memory},
        {"idle", idle},
        {"shotgrid", shotgrid},
        {"growth", growth},
#ifdef FOLEY_BENCH_HAS_SHARE
        {"labels", labels},
#else
        {"labels", [](Bench&) { std::cout << "labels: left out, this build has no libfuse3" << std::endl; }},
#endif
    };
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App options{"Measures this build of Foley."};
    std::vector<std::string> only;
    std::string json;
    bool full = false;
    std::vector<std::string> names;
    for (const auto& [name, run] : cases())
        names.push_back(name);
    options.add_option("--only", only, "Cases by name")->delimiter(',')->check(CLI::IsMember(names));
    options.add_option("--json", json, "Write the figures to this file, too");
    options.add_flag("--full", full, "The largest sizes: 10,000,000 events");
    CLI11_PARSE(options, argc, argv);
    try {
        const foley::testing::TemporaryDirectory directory(foley::testing::build_directory());
        FigureTable table;
        Limits limits(directory.path());
        Bench bench{table, limits, full};
        for (const auto& [name, run] : cases()) {
            if (only.empty() || std::find(only.begin(), only.end(), name) != only.end()) run(bench);
        }
        if (!json.empty()) table.write_json(json);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "figures: " << error.what() << std::endl;
        return 1;
    }
}
