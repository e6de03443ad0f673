// foleyd as a service: how it ends, what it tells systemd, and how its hosts are confined.
#include "integration/harness/daemon.hpp"

#include "core/os/files.hpp"
#include "core/os/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

using namespace foley::testing;
using Catch::Matchers::Contains;
using Ids = std::vector<std::string>;

namespace {

// Listens where systemd would, and keeps what it is told. The kernel keeps ten messages that were not looked at yet,
// and drops what comes then.
class ServiceManager {
public:
    ServiceManager() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = this->path();
        if (path.size() >= sizeof address.sun_path) throw std::runtime_error(path + " is too long for a socket");
        std::memcpy(static_cast<char*>(address.sun_path), path.c_str(), path.size());
        if (!socket_ || ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            throw std::system_error(errno, std::system_category(), "bind " + path);
        }
    }
    std::string path() const { return (directory_.path() / "notify").string(); }
    std::size_t count(const std::string& message) {
        listen();
        return static_cast<std::size_t>(std::count(heard_.begin(), heard_.end(), message));
    }
    bool heard(const std::string& message) { return count(message) > 0; }
    void forget() {
        listen();
        heard_.clear();
    }
    // But for the watchdog's.
    std::vector<std::string> all() {
        listen();
        std::vector<std::string> rest = heard_;
        std::erase(rest, "WATCHDOG=1");
        return rest;
    }

private:
    void listen() {
        std::array<char, 4096> buffer{};
        for (ssize_t size = 0; (size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0)) >= 0;) {
            std::istringstream lines(std::string(buffer.data(), static_cast<std::size_t>(size)));
            for (std::string line; std::getline(lines, line);)
                heard_.push_back(line);
        }
    }

    TemporaryDirectory directory_;
    foley::core::UniqueFd socket_;
    std::vector<std::string> heard_;
};

// The words behind a name that begins a line of a file in /proc.
std::vector<std::string> proc_words(int pid, const std::string& file, const std::string& name) {
    std::istringstream lines(foley::core::read_file("/proc/" + std::to_string(pid) + "/" + file));
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(name)) continue;
        std::istringstream rest(line.substr(name.size()));
        return {std::istream_iterator<std::string>(rest), std::istream_iterator<std::string>()};
    }
    return {"no " + name};
}

std::string soft_limit(int pid, const std::string& name) {
    return proc_words(pid, "limits", name).at(0);
}
std::string hard_limit(int pid, const std::string& name) {
    return proc_words(pid, "limits", name).at(1);
}

}  // namespace

TEST_CASE("systemd is told of the start, of reloads, of the end, and that the daemon is alive", "[integration]") {
    ServiceManager systemd;
    Daemon daemon(
        {.plugins = {{.name = "a"}}, .environment = {"NOTIFY_SOCKET=" + systemd.path(), "WATCHDOG_USEC=400000"}});
    daemon.start();
    daemon.await("READY", [&] { return systemd.heard("READY=1"); });
    systemd.forget();
    daemon.await("the watchdog to be fed again and again", [&] { return systemd.count("WATCHDOG=1") >= 3; });
    CHECK(systemd.all().empty());
    SECTION("a good configuration") {}
    SECTION("a wrong configuration") {
        daemon.configure_text("nonsense: 1\n");
    }
    daemon.send_signal(SIGHUP);
    daemon.await("READY again", [&] { return systemd.heard("READY=1"); });
    CHECK(systemd.all() == std::vector<std::string>{"RELOADING=1", "READY=1"});
    systemd.forget();
    daemon.await("the watchdog to be fed still", [&] { return systemd.count("WATCHDOG=1") >= 3; });
    systemd.forget();
    CHECK(daemon.stop().exit_code() == 0);
    CHECK(systemd.all() == std::vector<std::string>{"STOPPING=1"});
}

TEST_CASE("a second foleyd on one state directory ends with a code and a sentence of its own", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await_state("a", "running");
    const Run second = daemon.run_foleyd({});
    INFO(second.told());
    CHECK(second.exit_code() == 3);
    CHECK(second.errors == "foleyd: another foleyd (process " + std::to_string(daemon.pid()) + ") runs on " +
                               daemon.state_directory().string() +
                               ". End it first, or give this one a state_dir of its own.\n");
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == Ids{"1"});
}

TEST_CASE("a second SIGTERM ends foleyd at once, and nothing is lost", "[integration]") {
    Daemon daemon(
        {.plugins = {{.name = "a", .settings = "obeys: true"}}, .times = "settle: 20ms\nshutdown_timeout: 1h\n"});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", "\"wait_until\":\"" + daemon.flag("go").string() + "\"");
    daemon.emit();
    daemon.await("the event to be in its callback", [&] { return daemon.plugin("a").in_callback == 1; });
    daemon.send_signal(SIGTERM);
    daemon.await_state("a", "draining");
    daemon.send_signal(SIGTERM);
    CHECK(daemon.wait_for_end().exit_code() == 1);
    CHECK(daemon.handled("a").ids().empty());
    daemon.raise_flag("go");
    daemon.start();
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == Ids{"1", "2"});
}

TEST_CASE("a thread that hangs in a dead file system holds up the end for a bounded time only", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}, .times = "settle: 20ms\nshutdown_timeout: 100ms\n"});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit();
    daemon.await_caught_up("a");
    std::filesystem::remove(daemon.configuration());
    REQUIRE(::mkfifo(daemon.configuration().c_str(), 0600) == 0);
    daemon.send_signal(SIGHUP);
    // Returns when the daemon has begun to read; what it waits for is never written.
    const foley::core::UniqueFd fifo = foley::core::open_file(daemon.configuration().string(), O_WRONLY);
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.stop().signal() == SIGALRM);
    CHECK(daemon.handled("a").ids() == Ids{"1", "2"});
}

TEST_CASE("a host has its limits and can gain no privileges", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a", .options = "limits: {memory: 512 MiB, files: 100, processes: 200}"},
                               {.name = "b", .options = "limits: {memory: none, core: true}"}}});
    daemon.install_recorder("a");
    daemon.install_recorder("b");
    daemon.start();
    daemon.await_state("a", "running");
    daemon.await_state("b", "running");
    const int a = daemon.plugin("a").pid, b = daemon.plugin("b").pid;
    for (const int pid : {a, b}) {
        CAPTURE(pid);
        CHECK(proc_words(pid, "status", "NoNewPrivs:") == std::vector<std::string>{"1"});
    }
    const auto both = [](int pid, const std::string& name) {
        return soft_limit(pid, name) + " " + hard_limit(pid, name);
    };
    CHECK(both(a, "Max open files") == "100 100");
    CHECK(both(a, "Max processes") == "200 200");
    CHECK(both(a, "Max core file size") == "0 0");
    CHECK(both(b, "Max open files") == "1024 1024");
    CHECK(soft_limit(b, "Max core file size") == hard_limit(daemon.pid(), "Max core file size"));
    CHECK(hard_limit(b, "Max data size") == hard_limit(daemon.pid(), "Max data size"));
    // What the host itself has is added, so that the plugin has the whole.
    CHECK(std::stoull(hard_limit(a, "Max data size")) >= std::uint64_t{512} << 20);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(std::stoull(hard_limit(a, "Max data size")) < std::uint64_t{640} << 20);
#endif
}
