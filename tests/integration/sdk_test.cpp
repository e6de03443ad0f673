// The SDK as outsiders have it: installed under a prefix, a plugin built outside of the tree with both compilers, its
// test run, and the plugin loaded by the daemon.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

using namespace foley::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

void succeed(const std::string& program, const std::vector<std::string>& arguments,
             const std::filesystem::path& directory) {
    const Run told = run(program, arguments, 300s, directory);
    INFO(program << " " << Catch::StringMaker<std::vector<std::string>>::convert(arguments) << "\n" << told.told());
    REQUIRE(told.exit_code() == 0);
}

}  // namespace

TEST_CASE("a plugin is built outside of the tree against the installed SDK, and runs", "[integration][sdk]") {
    const std::string compiler = GENERATE("g++", "clang++");
    CAPTURE(compiler);
    TemporaryDirectory place;
    const auto prefix = place.path() / "prefix", folder = place.path() / "greeter";
    // Only what the SDK installs, so nothing of the tree helps.
    succeed("/usr/bin/cmake",
            {"--install", build_directory().string(), "--prefix", prefix.string(), "--component", "sdk"}, place.path());
    succeed(program("foleyctl").string(), {"new", "greeter"}, place.path());
    succeed("/usr/bin/cmake",
            {"-S", ".", "-B", "build", "-DCMAKE_PREFIX_PATH=" + prefix.string(), "-DCMAKE_CXX_COMPILER=" + compiler},
            folder);
    succeed("/usr/bin/cmake", {"--build", "build"}, folder);
    succeed("/usr/bin/ctest", {"--test-dir", "build", "--output-on-failure"}, folder);

    Daemon daemon({.plugins = {{.name = "greeter", .settings = "greeting: Ahoy", .records = false}}});
    daemon.install("greeter", folder / "build" / "plugins" / "greeter.so");
    daemon.start();
    daemon.emit("status.change", R"("user":"ann","entity":{"type":"Shot","id":"860"},"attribute":"status","new":"ip")");
    daemon.await_caught_up("greeter");
    CHECK(daemon.plugin("greeter").state == "running");
    CHECK(daemon.plugin("greeter").done == 1);
    CHECK(daemon.stop().exit_code() == 0);
    CHECK_THAT(daemon.log_tail(1000), Contains("Ahoy, ann!"));
}
