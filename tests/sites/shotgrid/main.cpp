// sim-shotgrid: the simulated ShotGrid site as a program, with a demo project and, if wanted, an artist who changes a
// task's status every few seconds. Ends with SIGINT or SIGTERM.
#include "tests/sites/shotgrid/control.hpp"
#include "tests/sites/shotgrid/demo.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
    namespace sim = foley::sim;
    CLI::App app{"A simulated ShotGrid site: JSON-RPC API and a demo project. Work on it with POST /sim/…"};
    sim::SimShotgridOptions options;
    sim::shotgrid::DemoOptions demo_options;
    double artist_every = 0;
    std::string port_file;
    app.add_option("--address", options.address, "to listen on")->capture_default_str();
    app.add_option("--port", options.port, "0: any that is free, printed at the start")->capture_default_str();
    app.add_option("--port-file", port_file, "where to write the port");
    app.add_option("--script", options.script, "name of the script that is let in")->capture_default_str();
    app.add_option("--key", options.key, "its application key (a made-up one)")->capture_default_str();
    app.add_option("--certificate", options.certificate, "PEM file; with it the site speaks TLS");
    app.add_option("--private-key", options.private_key, "PEM file");
    app.add_option("--project", demo_options.project, "name of the demo project")->capture_default_str();
    app.add_option("--sequences", demo_options.sequences)->capture_default_str();
    app.add_option("--shots", demo_options.shots, "per sequence")->capture_default_str();
    app.add_option("--last-event-id", demo_options.last_event_id, "the event log goes on after this one")
        ->capture_default_str();
    app.add_flag("--logged", demo_options.logged, "the event log has the events of the demo's making");
    app.add_option("--artist", artist_every, "seconds between an artist's changes; 0: none")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    try {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);

        sim::SimShotgrid site(options);
        const auto demo = site.with([&](auto& world) { return sim::shotgrid::build_demo(world.site, demo_options); });
        auto artist = site.with([&](auto& world) { return sim::shotgrid::Artist(world.site, demo); });
        site.set_control([&](const std::string& path, const std::string& body) {
            return sim::shotgrid::control(site, demo, artist, path, body);
        });
        if (!port_file.empty()) {
            const auto unfinished = port_file + ".new";
            std::ofstream(unfinished) << site.port() << '\n';
            std::filesystem::rename(unfinished, port_file);
        }
        std::cout << "sim-shotgrid: " << site.url() << std::endl;

        const double seconds = artist_every > 0 ? artist_every : 3600;
        const timespec every{static_cast<time_t>(seconds),
                             static_cast<long>((seconds - static_cast<double>(static_cast<time_t>(seconds))) * 1e9)};
        while (sigtimedwait(&signals, nullptr, &every) < 0) {
            if (artist_every <= 0 || demo.tasks.empty()) continue;
            const auto events = site.with([&](auto&) { return artist.work(1); });
            std::cout << "artist: a task's status, event " << events.front() << std::endl;
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "sim-shotgrid: " << error.what() << '\n';
        return 1;
    }
}
