// sim-hammerspace: a simulated Hammerspace share, for tests and for trying out.
#include "mounted_share.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <csignal>
#include <iostream>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

// Blocks the signals that end the program, for all threads to come, and gives a descriptor that tells of them.
int ending_signals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int each : {SIGINT, SIGTERM, SIGHUP})
        ::sigaddset(&signals, each);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return ::signalfd(-1, &signals, SFD_CLOEXEC);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Mounts a simulated Hammerspace share: an ordinary folder, with a command gateway in each folder.\n"
        "Reading .sim_hammerspace at its root shows labels and commands as JSON; writing there switches faults\n"
        "(\"fault echo\", \"fault hang_read\", \"fault none\") and defines labels (\"define yul\")."};
    std::string backing;
    std::string mount_point;
    std::vector<std::string> labels;
    std::string fault = "none";
    app.add_option("backing", backing, "The folder that holds the files")->required()->check(CLI::ExistingDirectory);
    app.add_option("mount_point", mount_point, "Where to mount the share")->required()->check(CLI::ExistingDirectory);
    app.add_option("--label", labels, "A label that the share knows; NAME or NAME=IMPLIED,IMPLIED");
    app.add_option("--fault", fault, "A fault to begin with");
    CLI11_PARSE(app, argc, argv);
    const int signals = ending_signals();
    try {
        foley::sites::MountedShare share(backing, mount_point);
        for (const std::string& label : labels) {
            std::string line = "define " + label;
            for (char& c : line) {
                if (c == '=' || c == ',') c = ' ';
            }
            if (const auto problem = share.control(line); !problem.empty()) throw std::runtime_error(problem);
        }
        share.faults().set(foley::sites::share_fault_from(fault));
        std::cout << "mounted " << share.mount_point().string() << std::endl;
        while (!share.ended()) {
            pollfd poll{signals, POLLIN, 0};
            if (::poll(&poll, 1, 500) > 0) break;
        }
    } catch (const std::exception& error) {
        std::cerr << "sim-hammerspace: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
