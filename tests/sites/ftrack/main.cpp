// sim-ftrack: the simulated ftrack site as a program, with a demo project and, if wanted, an artist who changes a
// location every few seconds. Ends with SIGINT or SIGTERM.
#include "tests/sites/ftrack/control.hpp"
#include "tests/sites/ftrack/demo.hpp"
#include "tests/sites/ftrack/sim_ftrack.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

namespace {

namespace sim = foley::sim;

// The folders and files of the demo, so that labels have something to stand on.
void make_tree(const std::filesystem::path& root, const sim::Demo& demo) {
    for (const auto& task : demo.tasks) {
        std::filesystem::create_directories(root / task.folder);
        if (task.file.empty()) continue;
        std::filesystem::create_directories((root / task.file).parent_path());
        std::ofstream(root / task.file) << "pixels\n";
        for (int frame = 1; frame <= 3; ++frame) {
            const auto name = "plate.000" + std::to_string(frame) + ".exr";
            std::ofstream((root / task.frames).parent_path() / name) << "pixels\n";
        }
    }
}

// Changes the location of a random task or version.
class Artist {
public:
    Artist(sim::SimFtrack& site, const sim::Demo& demo, std::string key)
        : site_(site), demo_(demo), key_(std::move(key)), random_(std::random_device()()) {}

    void work() {
        const auto& task = demo_.tasks[random_() % demo_.tasks.size()];
        const bool version = !task.version.empty() && random_() % 2 == 0;
        std::vector<std::string> values;
        for (const char* value : {"yul", "lax", "yyz", "muc"}) {
            if (random_() % 2 == 0) values.emplace_back(value);
        }
        try {
            site_.set_choices(version ? task.version : task.id, key_, values);
        } catch (const sim::ApiError&) {
            return;  // the attribute has not been made yet
        }
        std::string text;
        for (const auto& value : values)
            text += (text.empty() ? "" : ", ") + value;
        std::cout << "artist: " << (version ? "version of " : "task ") << task.folder << "/" << task.name << " -> "
                  << (text.empty() ? "(no location)" : text) << std::endl;
    }

private:
    sim::SimFtrack& site_;
    const sim::Demo& demo_;
    std::string key_;
    std::mt19937 random_;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"A simulated ftrack site: event hub, API and a demo project. Work on it with POST /sim/…"};
    sim::SimFtrackOptions options;
    sim::DemoOptions demo_options;
    double artist_every = 0;
    std::string port_file;
    std::string tree;
    unsigned heartbeat = 5000;
    app.add_option("--address", options.address, "to listen on")->capture_default_str();
    app.add_option("--port", options.port, "0: any that is free, printed at the start")->capture_default_str();
    app.add_option("--port-file", port_file, "where to write the port");
    app.add_option("--user", options.user, "API user that is let in")->capture_default_str();
    app.add_option("--key", options.key, "API key that is let in (a made-up one)")->capture_default_str();
    app.add_option("--heartbeat", heartbeat, "of the hub, in milliseconds")->capture_default_str();
    app.add_option("--certificate", options.certificate, "PEM file; with it the site speaks TLS");
    app.add_option("--private-key", options.private_key, "PEM file");
    app.add_option("--project", demo_options.project, "name of the demo project")->capture_default_str();
    app.add_option("--mount", demo_options.mount, "of the central storage, as the site tells it")
        ->capture_default_str();
    app.add_option("--sequences", demo_options.sequences)->capture_default_str();
    app.add_option("--shots", demo_options.shots, "per sequence")->capture_default_str();
    app.add_flag("--configured", demo_options.configurations, "the location attribute exists already");
    app.add_option("--attribute", demo_options.attribute, "the location attribute")->capture_default_str();
    app.add_option("--make-tree", tree, "a folder to make the demo's files in");
    app.add_option("--artist", artist_every, "seconds between an artist's changes; 0: none")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    options.heartbeat = std::chrono::milliseconds(heartbeat);

    try {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);

        sim::SimFtrack site(options);
        const auto demo = site.with([&](auto& world) { return sim::build_demo(world.site, demo_options); });
        site.set_control(
            [&](const std::string& path, const std::string& body) { return sim::control(site, demo, path, body); });
        if (!tree.empty()) make_tree(tree, demo);
        if (!port_file.empty()) {
            const auto unfinished = port_file + ".new";
            std::ofstream(unfinished) << site.port() << '\n';
            std::filesystem::rename(unfinished, port_file);
        }
        std::cout << "sim-ftrack: " << site.url() << std::endl;

        Artist artist(site, demo, demo_options.attribute);
        const double seconds = artist_every > 0 ? artist_every : 3600;
        const timespec every{static_cast<time_t>(seconds),
                             static_cast<long>((seconds - static_cast<double>(static_cast<time_t>(seconds))) * 1e9)};
        while (sigtimedwait(&signals, nullptr, &every) < 0) {
            if (artist_every > 0) artist.work();
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "sim-ftrack: " << error.what() << '\n';
        return 1;
    }
}
