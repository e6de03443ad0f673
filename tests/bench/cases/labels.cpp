// Labels on a share: what the gateway's client adds to the commands themselves, and the whole way from an artist's
// choice to the label.
#include "bench/cases.hpp"
#include "bench/measure.hpp"
#include "hammertrack/gateway_store.hpp"
#include "hammertrack/labeller.hpp"
#include "integration/harness/scale.hpp"
#include "integration/harness/studio.hpp"
#include "sites/hammerspace/mounted_share.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace foley::bench {

using namespace foley::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 10min;
const std::vector<std::pair<std::string, std::string>> kMenu{
    {"yul", "Montreal"}, {"lax", "Los Angeles"}, {"yyz", "Toronto"}, {"muc", "Munich"}};
const std::string kWanted = "yyz";

std::string why_no_share() {
    if (std::string why = sites::MountedShare::why_impossible(); !why.empty()) return why;
    try {
        const TemporaryDirectory backing, mount_point;
        const sites::MountedShare tried(backing.path(), mount_point.path());
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

void define_menu(sites::MountedShare& share) {
    for (const auto& [label, shown] : kMenu)
        share.model().define_label(label);
}

int checked(int result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::system_category(), what);
    return result;
}

// One command and its answer: the client's system calls, in its order.
std::string bare_exchange(int folder, unsigned number, const std::string& command) {
    std::array<char, 48> name{};
    std::snprintf(name.data(), name.size(), ".fs_command_gateway 0x%x", number);
    int file =
        checked(::openat(folder, name.data(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666), "openat");
    checked(static_cast<int>(::write(file, command.data(), command.size())), "write");
    checked(::close(file), "close");
    file = checked(::openat(folder, name.data(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW), "openat");
    std::array<char, 8192> block;
    std::string answer;
    for (ssize_t size = 1; size > 0;) {
        size = checked(static_cast<int>(::read(file, block.data(), block.size())), "read");
        answer.append(block.data(), static_cast<std::size_t>(size));
    }
    ::close(file);
    ::unlinkat(folder, name.data(), 0);
    return answer;
}

// What the plugin asks and says for a path that is to get one label, and an end when an answer is not the expected one.
void bare_label(const std::string& path, unsigned& number) {
    const int folder = checked(::open(path.c_str(), O_PATH | O_CLOEXEC), "open");
    const auto expect = [&](const std::string& command, const std::string& answer) {
        if (bare_exchange(folder, number++, command) != answer) throw std::runtime_error("not expected of " + command);
    };
    for (const auto& [label, shown] : kMenu)
        expect("./?.eval has_label_local(\"" + label + "\")", "FALSE\n");
    expect("./?.set #assigned_labels=add_label(\"" + kWanted + "\")", "");
    expect("./?.eval has_label_local(\"" + kWanted + "\")", "TRUE\n");
    ::close(folder);
}

// Returns how long the bare commands take for a path, in milliseconds.
double client_beside_bare_commands(Bench& bench) {
    const std::size_t paths = scaled(2000, 50);
    const TemporaryDirectory backing, mount_point;
    for (std::size_t i = 0; i < paths; ++i)
        std::filesystem::create_directories(backing.path() / std::to_string(i));
    sites::MountedShare mounted(backing.path(), mount_point.path());
    define_menu(mounted);
    const hammertrack::LabelMenu menu(kMenu);
    const hammertrack::Log log = [](hammertrack::Level, const std::string&) {};
    hammertrack::Share share({.root = mount_point.path()}, std::make_shared<hammertrack::GatewayStore>(),
                             menu.options().front().label, log);
    share.require();
    hammertrack::Labeller labeller(share, menu, false, log);
    unsigned number = 0;
    const auto client = [&](const std::string& path) {
        labeller.apply(share.find(hammertrack::SharePath::relative(path)), {*menu.find(kWanted)},
                       hammertrack::Removal::allowed);
    };
    const auto bare = [&](const std::string& path) { bare_label(mount_point.path() / path, number); };
    const auto taken = [&](const auto& way, const std::string& path) {
        const auto begin = now_ns();
        way(path);
        const auto end = now_ns();
        if (mounted.model().labels(path).size() != 1) throw std::runtime_error(path + " was not labelled");
        mounted.model().run(path, "./?.set #assigned_labels=delete_force_label(\"" + kWanted + "\")");
        mounted.model().clear_history();
        return end - begin;
    };
    std::vector<std::int64_t> of_client, of_bare;
    for (std::size_t i = 0; i < paths; ++i) {
        const std::string path = std::to_string(i);
        if (i % 2 == 0) of_client.push_back(taken(client, path));  // the first finds nothing in the kernel's caches
        of_bare.push_back(taken(bare, path));
        if (i % 2 != 0) of_client.push_back(taken(client, path));
    }
    const double bare_ms = ms(quantile(of_bare, 0.5));
    bench.table.add({.id = "label_add",
                     .what = "label add through the gateway, verified by reading, median",
                     .value = ms(quantile(of_client, 0.5)),
                     .unit = "ms",
                     .less_is_better = true,
                     .limit = Figure::Limit{"the same commands in bare C", bare_ms},
                     .target = 1.3});
    return bare_ms;
}

void choices_to_labels(Bench& bench, double bare_ms) {
    const TemporaryDirectory mount_point;
    Studio studio({.sequences = 20,
                   .shots = static_cast<unsigned>(scaled(100, 2)),
                   .versions = false,
                   .mount = mount_point.path(),
                   .daemon = {.log = "level: info"}});
    sites::MountedShare mounted(studio.tree(), mount_point.path());
    define_menu(mounted);
    std::vector<std::pair<std::string, std::string>> tasks;  // one for each path: id, path
    for (const sim::Demo::Task& task : studio.demo.tasks) {
        if (tasks.empty() || tasks.back().second != task.folder) tasks.emplace_back(task.id, task.folder);
    }
    studio.install_hammertrack();
    studio.daemon.start();
    studio.daemon.await("the hub to be live", [&] { return studio.daemon.source("hub").state == "live"; });
    studio.daemon.await_state("hammertrack", "running");
    const auto labelled = [&](const std::string& path, bool expected) {
        studio.daemon.await(
            path + " to be labelled, or not any more",
            [&] { return !mounted.model().labels(path).empty() == expected; }, kPatience);
    };
    // Removing waits for the comparison that each start begins with.
    studio.set_labels(tasks.front().first, {kWanted});
    labelled(tasks.front().second, true);
    studio.set_labels(tasks.front().first, {});
    labelled(tasks.front().second, false);
    mounted.model().clear_history();
    const auto requests = [&] { return studio.site.with([](auto& world) { return world.api_requests; }); };
    const auto requests_before = requests();
    const auto begin = now_ns();
    for (const auto& [task, path] : tasks)
        studio.set_labels(task, {kWanted});
    // In the order of the events, and so the last one last.
    while (mounted.model().labels(tasks.back().second).empty()) {
        if (now_ns() - begin > kPatience / 1ns) throw std::runtime_error("the last path was never labelled");
        std::this_thread::sleep_for(5ms);
    }
    const double taken = seconds_since(begin);
    for (const auto& [task, path] : tasks)
        labelled(path, true);
    const auto count = static_cast<double>(tasks.size());
    bench.table.add(
        {.id = "labels_end_to_end",
         .what = fmt::format("choices in ftrack to labels, with the site's reads, paths; the commands alone "
                             "{:.0f}/s",
                             1000 / bare_ms),
         .value = count / taken,
         .unit = "/s",
         .target = 500});
    bench.table.add({.id = "labels_requests",
                     .what = "requests to the site for a path then",
                     .value = static_cast<double>(requests() - requests_before) / count,
                     .less_is_better = true});
    studio.daemon.stop();
}

}  // namespace

void labels(Bench& bench) {
    if (const std::string why = why_no_share(); !why.empty()) {
        std::cout << "labels: left out. " << why << std::endl;
        return;
    }
    choices_to_labels(bench, client_beside_bare_commands(bench));
}

}  // namespace foley::bench
