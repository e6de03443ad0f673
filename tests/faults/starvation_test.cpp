// A daemon that gets too little: no room on the disk.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <system_error>

#include <sys/resource.h>

using namespace foley::testing;
using namespace std::chrono_literals;

namespace {

// Files of the daemon cannot grow beyond this: as a full disk, but without filling one.
void limit_files(int pid, rlim_t bytes) {
    rlimit limit{bytes, RLIM_INFINITY};
    if (::prlimit(pid, RLIMIT_FSIZE, &limit, nullptr) != 0) throw std::system_error(errno, std::system_category());
}

}  // namespace

TEST_CASE("a full disk stops the source and loses nothing, and with room again all goes on by itself", "[faults]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit_many(100);
    daemon.await_caught_up("a");
    limit_files(daemon.pid(), 512 * 1024);
    const std::string ballast = "\"ballast\":\"" + std::string(20000, 'x') + "\"";
    for (int event = 0; event < 100; ++event)
        daemon.emit("test.note", ballast);
    daemon.await("the source to stop",
                 [&] { return daemon.source("lines").state.find("journal") != std::string::npos; });
    CHECK_FALSE(daemon.source("lines").detail.empty());
    CHECK(daemon.plugin("a").crashes == 0);
    limit_files(daemon.pid(), RLIM_INFINITY);
    daemon.await_caught_up("a");
    daemon.await("the source to be live again", [&] { return daemon.source("lines").state == "live"; });
    const Handled handled = daemon.handled("a");
    CHECK(handled.missing(1, daemon.emitted()).empty());
    CHECK(handled.repeated() == 0);
}
