// All the ways in which a plugin can misbehave: each ends in the state that DESIGN.md names, with a report that shows
// plugin, callback, event and, for signals, a stack; and three plugins beside it handle every event, once.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace foley::testing;
using Catch::Matchers::Contains;

namespace {

constexpr std::array<const char*, 3> kNeighbours = {"east", "north", "west"};
constexpr std::size_t kBefore = 40, kAfter = 40;

// Three recorders and, as `bad`, the plugin that misbehaves.
class Neighbourhood {
public:
    explicit Neighbourhood(const std::string& options = {}, const std::string& settings = {},
                           const std::string& library = "obedient")
        : daemon(setup(options, settings)) {
        for (const char* name : kNeighbours)
            daemon.install_recorder(name);
        daemon.install("bad", test_plugin(library));
        daemon.start();
        for (const char* name : kNeighbours)
            daemon.await_state(name, "running");
    }

    // Events before, the one that does harm, events after. Returns the number of that one.
    std::uint64_t tell(const std::string& command) {
        daemon.emit_many(kBefore);
        const std::uint64_t id = daemon.emit("test.note", "\"do\":\"" + command + "\"");
        daemon.emit_many(kAfter);
        return id;
    }

    // Every neighbour handled every event once and in order, and has not even been restarted.
    void check_neighbours() {
        for (const char* name : kNeighbours) {
            CAPTURE(name);
            daemon.await_caught_up(name);
            const Handled handled = daemon.handled(name);
            CHECK(handled.events().size() == daemon.emitted());
            CHECK(handled.missing(1, daemon.emitted()).empty());
            CHECK(handled.out_of_order().empty());
            CHECK(handled.count("start") == 1);
            CHECK(daemon.plugin(name).crashes == 0);
        }
    }

    // The newest crash report, when it is there.
    foley::json::Document report() {
        daemon.await("the crash report", [&] {
            const auto answer = daemon.get("/v1/crashes/bad");
            return !foley::json::member(answer, "crashes").Empty();
        });
        const auto answer = daemon.get("/v1/crashes/bad?limit=1");
        foley::json::Document report;
        report.CopyFrom(foley::json::find(answer, "crashes", 0), report.GetAllocator());
        return report;
    }

    Daemon daemon;

private:
    static DaemonSetup setup(const std::string& options, const std::string& settings) {
        DaemonSetup setup;
        for (const char* name : kNeighbours)
            setup.plugins.push_back({.name = name});
        if (!options.empty() || !settings.empty()) {
            setup.plugins.push_back({.name = "bad", .options = options, .settings = settings, .records = false});
        }
        return setup;
    }
};

struct Crash {
    const char* command;
    const char* what;      // in the report
    const char* function;  // in its stack; null: a stack is not asked for
};

std::string text(const foley::json::Value& value, const char* name) {
    return std::string(foley::json::text_or_empty(value, name));
}

// So many seconds, or more where all is slower.
std::string seconds_text(int usual) {
    return std::to_string(patience(std::chrono::seconds(usual)) / std::chrono::seconds(1)) + " s";
}

std::string stack_of(const foley::json::Value& report) {
    std::string stack;
    for (const auto& frame : foley::json::member(report, "stack").GetArray())
        stack += std::string(foley::json::text_or_empty(frame)) + "\n";
    return stack;
}

// One crash in a callback, from the harm to the report to the life after it.
void crash_in_callback(const Crash& crash, const std::string& options = {}) {
    Neighbourhood all(options);
    const std::uint64_t event = all.tell(crash.command);
    all.daemon.await_state("bad", "disabled");
    all.check_neighbours();

    const PluginView bad = all.daemon.plugin("bad");
    CHECK(bad.position == event - 1);
    CHECK(bad.crashes == 1);
    CHECK(bad.pid == 0);
    CHECK_THAT(bad.reason, Contains("on_first") && Contains("event " + std::to_string(event)) && Contains(crash.what));
    const auto report = all.report();
    INFO(foley::json::stringify(report));
    CHECK(text(report, "plugin") == "bad");
    CHECK(text(report, "callback") == "on_first");
    CHECK(foley::json::integer(foley::json::member(report, "sequence")) == static_cast<std::int64_t>(event));
    CHECK_THAT(text(report, "summary"), Contains(crash.what));
    if (crash.function != nullptr) CHECK_THAT(stack_of(report), Contains(crash.function) && Contains("obedient.cpp:"));

    // The event goes to the dead letters, the rest is handled.
    all.daemon.post("/v1/plugins/bad/enable", R"({"skip_event":true})");
    all.daemon.await_caught_up("bad");
    CHECK(all.daemon.plugin("bad").state == "running");
    CHECK(all.daemon.plugin("bad").dead_letters == 1);
    CHECK(all.daemon.plugin("bad").done == kBefore + kAfter);
}

// A failure that is none of the process: no crash, no report.
void failure_in_callback(const std::string& command, const std::string& what) {
    Neighbourhood all;
    const std::uint64_t event = all.tell(command);
    all.daemon.await_state("bad", "disabled");
    all.check_neighbours();
    const PluginView bad = all.daemon.plugin("bad");
    CHECK(bad.position == event - 1);
    CHECK(bad.crashes == 0);
    CHECK_THAT(bad.reason, Contains("on_first") && Contains("event " + std::to_string(event)) && Contains(what));
}

// A library that does not get as far as a callback.
void broken_library(const std::string& library, const std::string& state, const std::string& what,
                    const std::string& options = {}) {
    Neighbourhood all(options, {}, library);
    all.daemon.await_state("bad", state);
    CHECK_THAT(all.daemon.plugin("bad").reason, Contains(what));
    all.daemon.emit_many(kBefore);
    all.check_neighbours();
    // What is mended runs.
    all.daemon.install("bad", test_plugin("obedient"));
    all.daemon.await_caught_up("bad");
    CHECK(all.daemon.plugin("bad").state == "running");
}

}  // namespace

TEST_CASE("a plugin that throws is disabled, its neighbours miss nothing", "[faults]") {
    failure_in_callback("throw", "thrown on purpose");
}

TEST_CASE("a plugin that throws what is no exception is disabled, its neighbours miss nothing", "[faults]") {
    failure_in_callback("throw_int", "");
}

TEST_CASE("a plugin that returns failed is disabled, its neighbours miss nothing", "[faults]") {
    failure_in_callback("fail", "as I was told");
}

TEST_CASE("a plugin that returns an unknown outcome is disabled, its neighbours miss nothing", "[faults]") {
    failure_in_callback("unknown_outcome", "99");
}

TEST_CASE("a plugin that segfaults is disabled with a stack, its neighbours miss nothing", "[faults]") {
    crash_in_callback({"segfault", "SIGSEGV", "crash_by_segfault"});
}

TEST_CASE("a plugin that calls a null pointer is disabled with a stack, its neighbours miss nothing", "[faults]") {
    crash_in_callback({"call_nothing", "SIGSEGV", "crash_by_call_of_nothing"});
}

TEST_CASE("a plugin that aborts is disabled with a stack, its neighbours miss nothing", "[faults]") {
    crash_in_callback({"abort", "SIGABRT", "crash_by_abort"});
}

TEST_CASE("a plugin that overflows its stack is disabled with a stack, its neighbours miss nothing", "[faults]") {
    crash_in_callback({"overflow", "SIGSEGV", "overflow_the_stack"});
}

TEST_CASE("a plugin that throws in a thread of its own is disabled, its neighbours miss nothing", "[faults]") {
    crash_in_callback({"throw_in_thread", "nobody catches this", nullptr});
}

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
TEST_CASE("a plugin that overflows the stack of a thread of its own is disabled with a stack", "[faults]") {
    crash_in_callback({"overflow_in_thread", "SIGSEGV", "overflow_the_stack"});
}
#endif

TEST_CASE("a plugin that calls exit is disabled, its neighbours miss nothing", "[faults]") {
    crash_in_callback({"exit", "exit", nullptr});
}

TEST_CASE("a plugin that calls _exit is disabled, its neighbours miss nothing", "[faults]") {
    crash_in_callback({"_exit", "4", nullptr});
}

TEST_CASE("a plugin that calls quick_exit is disabled, its neighbours miss nothing", "[faults]") {
    crash_in_callback({"quick_exit", "5", nullptr});
}

TEST_CASE("a plugin that exhausts its memory limit is disabled, its neighbours miss nothing", "[faults]") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    WARN("skipped: sanitizers need more memory than any limit");
#else
    crash_in_callback({"exhaust", "memory limit", nullptr}, "limits: {memory: 256 MiB}");
#endif
}

TEST_CASE("a plugin that never returns is disabled with a stack, its neighbours miss nothing", "[faults]") {
#if defined(__SANITIZE_THREAD__)
    // ThreadSanitizer keeps a signal back from a thread that spins, so there is no stack.
    const char* const in_stack = nullptr;
#else
    const char* const in_stack = "never_return";
#endif
    crash_in_callback({"hang", "", in_stack}, "callback_warn: 200ms, callback_timeout: " + seconds_text(1));
}

TEST_CASE("a plugin that is killed by a signal from outside is disabled, its neighbours miss nothing", "[faults]") {
    crash_in_callback({"raise:9", "SIGKILL", nullptr});
}

TEST_CASE("a plugin that closes the host's descriptors is disabled, its neighbours miss nothing", "[faults]") {
    const char* command = GENERATE("close", "replace", "replace:sockets");
    CAPTURE(command);
    Neighbourhood all;
    all.tell(command);
    all.daemon.await_state("bad", "disabled");
    all.check_neighbours();
    CHECK(all.daemon.plugin("bad").crashes == 1);
    const PluginView bad = all.daemon.plugin("bad");
    CHECK(bad.reason.size() > 20);
    CHECK(bad.pid == 0);
}

TEST_CASE("what a plugin prints goes to its log and nowhere else", "[faults]") {
    Neighbourhood all;
    all.tell("print:spoken by the plugin");
    all.daemon.emit("test.note", R"("do":"print_error:shouted by the plugin")");
    all.daemon.await_caught_up("bad");
    all.check_neighbours();
    CHECK(all.daemon.plugin("bad").state == "running");
    CHECK(all.daemon.stop().exit_code() == 0);
    const std::string log = all.daemon.log_tail(100000);
    CHECK_THAT(log, Contains("spoken by the plugin") && Contains("shouted by the plugin"));
}

TEST_CASE("a library that crashes while it is loaded harms nobody, and one that is mended runs", "[faults]") {
    broken_library("crashes_in_constructor", "disabled", "SIGSEGV");
}

TEST_CASE("a library that crashes while it registers harms nobody, and one that is mended runs", "[faults]") {
    broken_library("crashes_in_entry", "disabled", "SIGSEGV");
}

TEST_CASE("a library that calls exit while it is loaded harms nobody, and one that is mended runs", "[faults]") {
    broken_library("exits_in_constructor", "disabled", "exit");
}

TEST_CASE("a library that hangs while it is loaded harms nobody, and one that is mended runs", "[faults]") {
    // The mended one has to be loaded within the limit, also on a busy machine.
    const std::string limit = seconds_text(2);
    broken_library("hangs_in_constructor", "refused", "within " + limit, "limits: {hello_timeout: " + limit + "}");
}

TEST_CASE("a library that throws while it registers harms nobody, and one that is mended runs", "[faults]") {
    broken_library("throws_in_entry", "refused", "no idea how to register");
}

TEST_CASE("a library that refuses to register harms nobody, and one that is mended runs", "[faults]") {
    broken_library("refuses", "refused", "refused to register");
}

TEST_CASE("a library of another ABI is refused by both numbers, and one that is mended runs", "[faults]") {
    broken_library("other_abi", "refused", "ABI");
}

TEST_CASE("a library that is no plugin is refused by what it lacks, and one that is mended runs", "[faults]") {
    broken_library("no_plugin", "refused", "foley_plugin_v1");
}

TEST_CASE("a library with an unresolved symbol is refused by the symbol's name, and one that is mended runs",
          "[faults]") {
    broken_library("unresolved", "refused", "function_that_nobody_has");
}

TEST_CASE("a plugin that crashes in on_start is disabled, its neighbours miss nothing", "[faults]") {
    Neighbourhood all({}, "start: segfault");
    all.daemon.await_state("bad", "disabled");
    all.daemon.emit_many(kBefore);
    all.check_neighbours();
    CHECK_THAT(all.daemon.plugin("bad").reason, Contains("on_start") && Contains("SIGSEGV"));
    const auto report = all.report();
    CHECK(text(report, "callback") == "on_start");
    CHECK_THAT(stack_of(report), Contains("crash_by_segfault"));
}

TEST_CASE("a plugin that crashes in a timer is disabled, its neighbours miss nothing", "[faults]") {
    Neighbourhood all({}, "timer: abort");
    all.daemon.await_state("bad", "disabled");
    all.daemon.emit_many(kBefore);
    all.check_neighbours();
    CHECK_THAT(all.daemon.plugin("bad").reason, Contains("on_timer") && Contains("SIGABRT"));
}

TEST_CASE("a plugin that crashes in on_stop is disabled, its neighbours miss nothing", "[faults]") {
    Neighbourhood all({}, "stop: segfault");
    all.daemon.emit_many(kBefore);
    all.daemon.await_caught_up("bad");
    all.daemon.remove("bad");
    all.daemon.await_state("bad", "disabled");
    CHECK_THAT(all.daemon.plugin("bad").reason, Contains("on_stop") && Contains("SIGSEGV"));
    all.daemon.emit_many(kAfter);
    all.check_neighbours();
}
