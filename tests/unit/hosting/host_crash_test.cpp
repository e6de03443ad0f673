// Each way in which a plugin can take its host down, and what the daemon then knows.
#include "core/hosting/host_exit.hpp"
#include "tests/unit/hosting/host_fixture.hpp"

#include <algorithm>

#include <signal.h>

using namespace foley::core;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

class CrashFixture : public HostFixture {
public:
    // Runs two harmless events, then the command in the second callback of a third, and returns the exit.
    const HostExit& crash(const std::string& command) {
        start();
        return crash_started(command);
    }
    const HostExit& crash_started(const std::string& command) {
        REQUIRE(started_);
        deliver("done");
        deliver("done");
        crashed_ = deliver("done", command, {0, 1});
        deliver("done");
        return await_exit();
    }
    // The survey names the event and the callback, and both events before as finished.
    void require_in_second_callback() const {
        REQUIRE(exit_->phase == "event");
        REQUIRE(exit_->survey.running);
        REQUIRE(exit_->survey.running->sequence == Sequence{102});
        REQUIRE(exit_->survey.running->callback == 1);
        REQUIRE(exit_->survey.running->delivery == crashed_);
        REQUIRE(exit_->survey.finished == std::vector<Sequence>{Sequence{100}, Sequence{101}});
    }
    DeliveryNumber crashed_ = 0;
};

}  // namespace

TEST_CASE_METHOD(CrashFixture, "a segmentation fault is reported with signal, address, callback and stack",
                 "[hosting][crash]") {
    const HostExit& exit = crash("segfault");
    REQUIRE(exit.reason == HostExit::Reason::crashed);
    REQUIRE(exit.why == "killed by SIGSEGV at address 0x8 in on_second");
    require_in_second_callback();
    REQUIRE(exit.crash);
    REQUIRE(exit.crash->cause == CrashRecord::Cause::signal);
    REQUIRE(exit.crash->signal == SIGSEGV);
    REQUIRE(exit.crash->fault_address == 8);
    REQUIRE(exit.crash->stack.size() > 4);
    REQUIRE(exit.crash->maps.find("obedient.so") != std::string::npos);
}

TEST_CASE_METHOD(
    CrashFixture,
    "callbacks before the one that crashed need not run again, unless one of them left something to commit",
    "[hosting][crash]") {
    const auto [first, rest_only] =
        GENERATE(table<std::string, bool>({{"done", true}, {"ignored", true}, {"put:k=v", false}, {"fail", false}}));
    CAPTURE(first);
    policies_ = {OnError::skip, OnError::disable};
    start();
    deliver(first, "segfault", {0, 1});
    const HostExit& exit = await_exit();
    REQUIRE(exit.survey.running);
    REQUIRE(exit.survey.running->callback == 1);
    REQUIRE(exit.survey.running->rest_only == rest_only);
}

TEST_CASE_METHOD(CrashFixture, "a call of a null function is reported with its caller", "[hosting][crash]") {
    const HostExit& exit = crash("call_nothing");
    REQUIRE(exit.why == "killed by SIGSEGV at address 0x0 in on_second");
    REQUIRE(exit.crash);
    REQUIRE(exit.crash->stack.size() >= 2);
    REQUIRE(exit.crash->stack[0] == 0);
    require_in_second_callback();
}

TEST_CASE_METHOD(CrashFixture, "abort is reported as SIGABRT", "[hosting][crash]") {
    const HostExit& exit = crash("abort");
    REQUIRE(exit.why == "killed by SIGABRT in on_second");
    REQUIRE(exit.crash->signal == SIGABRT);
    require_in_second_callback();
}

TEST_CASE_METHOD(CrashFixture, "exit inside of a callback is a crash with a stack", "[hosting][crash]") {
    const HostExit& exit = crash("exit");
    REQUIRE(exit.reason == HostExit::Reason::crashed);
    REQUIRE(exit.why == "the plugin called exit(3) in on_second");
    REQUIRE(exit.crash->cause == CrashRecord::Cause::exit_called);
    REQUIRE(exit.crash->stack.size() > 4);
    require_in_second_callback();
}

TEST_CASE_METHOD(CrashFixture, "_exit and quick_exit are crashes, told from an orderly end", "[hosting][crash]") {
    const auto [command, code] = GENERATE(table<std::string, std::string>({{"_exit", "4"}, {"quick_exit", "5"}}));
    const HostExit& exit = crash(command);
    REQUIRE(exit.reason == HostExit::Reason::crashed);
    REQUIRE(exit.why == "the plugin ended the process with code " + code + " in on_second, by _exit or quick_exit");
    require_in_second_callback();
}

TEST_CASE_METHOD(CrashFixture, "a stack overflow is reported as such", "[hosting][crash]") {
    const HostExit& exit = crash("overflow");
    REQUIRE(exit.why.starts_with("killed by SIGSEGV at address 0x"));
    REQUIRE(exit.why.ends_with("in on_second: stack overflow"));
    REQUIRE(exit.crash->stack.size() > 100);
    require_in_second_callback();
}

TEST_CASE_METHOD(CrashFixture, "the memory limit ends a host and is named as the reason",
                 "[hosting][crash][memory_limit]") {
    if (kSanitized) {
        WARN("skipped: a sanitizer's allocator knows no memory limit");
        return;
    }
    HostSpec limited = spec("obedient");
    limited.limits.memory = std::uint64_t{64} << 20;
    start(limited);
    const HostExit& exit = crash_started("exhaust");
    REQUIRE(exit.reason == HostExit::Reason::memory_limit);
    REQUIRE(exit.why == "reached its memory limit of 64 MiB in on_second");
    REQUIRE(exit.crash->cause == CrashRecord::Cause::memory_limit);
    REQUIRE(exit.crash->stack.size() > 3);
    require_in_second_callback();
}

TEST_CASE_METHOD(CrashFixture, "a callback that never returns is asked for its stack and killed", "[hosting][crash]") {
    HostSpec impatient = spec("obedient");
    impatient.limits.callback_warn = 50ms;
    impatient.limits.callback_timeout = kSlower * 500ms;
    start(impatient);
    const HostExit& exit = crash_started("hang");
    REQUIRE(exit.reason == HostExit::Reason::watchdog);
    REQUIRE(exit.why == "on_second ran for more than " + to_text(impatient.limits.callback_timeout) +
                            " without a sign of progress");
#if defined(__SANITIZE_THREAD__)
    WARN("skipped: ThreadSanitizer keeps a signal back from a thread that spins, so there is no stack");
    return;
#endif
    REQUIRE(exit.crash);
    REQUIRE(exit.crash->cause == CrashRecord::Cause::stack_asked);
    REQUIRE(exit.crash->stack.size() > 3);
    require_in_second_callback();
    // Once, and on a busy machine perhaps after others.
    REQUIRE(std::count(slow_.begin(), slow_.end(), std::pair(Sequence{102}, std::uint32_t{1})) == 1);
    REQUIRE(slow_.back() == std::pair(Sequence{102}, std::uint32_t{1}));
}

TEST_CASE_METHOD(CrashFixture, "an exception in a thread of the plugin is reported with its text", "[hosting][crash]") {
    const HostExit& exit = crash("throw_in_thread");
    REQUIRE(exit.why == "ended by SIGABRT in on_second: uncaught std::runtime_error: nobody catches this");
    REQUIRE(exit.crash->cause == CrashRecord::Cause::terminate);
    require_in_second_callback();
}

TEST_CASE_METHOD(CrashFixture, "a plugin that closes the host's descriptors ends its host", "[hosting][crash]") {
    const std::string command = GENERATE("close", "replace:files", "replace:sockets");
    const HostExit& exit = crash(command);
    REQUIRE(exit.reason == HostExit::Reason::crashed);
    REQUIRE(exit.why == "the plugin closed the host's descriptors in on_second");
    require_in_second_callback();
    const auto replaced = directory_.path() / "replaced";
    REQUIRE((!std::filesystem::exists(replaced) || std::filesystem::file_size(replaced) == 0));
}

TEST_CASE_METHOD(CrashFixture, "a kill from outside is told from a crash of the plugin", "[hosting][crash]") {
    start();
    deliver("done");
    await_outcome(1);
    REQUIRE(::kill(host_->pid(), SIGKILL) == 0);
    REQUIRE(await_exit().why ==
            "killed by SIGKILL between callbacks, from outside: perhaps by the kernel, because the machine ran out of "
            "memory");
    REQUIRE(exit_->phase == "idle");
}

TEST_CASE_METHOD(CrashFixture, "a crash in on_start says so", "[hosting][crash]") {
    start(R"({"start": "segfault"})");
    REQUIRE(await_exit().reason == HostExit::Reason::crashed);
    REQUIRE(exit_->phase == "on_start");
    REQUIRE(exit_->why == "killed by SIGSEGV at address 0x8 in on_start");
    REQUIRE_FALSE(started_);
}

TEST_CASE_METHOD(CrashFixture, "a crash of a timer names the timer and no event", "[hosting][crash]") {
    start(R"({"timer": "segfault"})");
    host_->tick(2);
    REQUIRE(await_exit().why == "killed by SIGSEGV at address 0x8 in on_timer");
    REQUIRE(exit_->phase == "timer");
    REQUIRE(exit_->survey.running->sequence == Sequence{0});
    REQUIRE(exit_->survey.running->callback == 2);
}

TEST_CASE_METHOD(CrashFixture, "a crash in on_stop says so", "[hosting][crash]") {
    start(R"({"stop": "segfault"})");
    host_->stop(20s);
    REQUIRE(await_exit().reason == HostExit::Reason::crashed);
    REQUIRE(exit_->phase == "on_stop");
}

TEST_CASE_METHOD(CrashFixture, "a crash in a static constructor is a crash while loading", "[hosting][crash]") {
    spawn("crashes_in_constructor");
    REQUIRE(await_exit().reason == HostExit::Reason::crashed);
    REQUIRE(exit_->phase == "loading");
    REQUIRE(exit_->why == "killed by SIGSEGV at address 0x10 in loading");
    REQUIRE(exit_->crash->stack.size() > 3);
    REQUIRE_FALSE(hello_);
}

TEST_CASE_METHOD(CrashFixture, "a crash in the registration is a crash while loading", "[hosting][crash]") {
    spawn("crashes_in_entry");
    REQUIRE(await_exit().why == "killed by SIGSEGV at address 0x18 in loading");
}

TEST_CASE_METHOD(CrashFixture, "exit in a static constructor is a crash while loading", "[hosting][crash]") {
    spawn("exits_in_constructor");
    REQUIRE(await_exit().why == "the plugin called exit(9) in loading");
}

TEST_CASE_METHOD(CrashFixture, "a library that never finishes loading is given up", "[hosting][crash]") {
    HostSpec impatient = spec("hangs_in_constructor");
    impatient.limits.hello_timeout = 200ms;
    spawn(impatient);
    REQUIRE(await_exit().reason == HostExit::Reason::hello_timeout);
    REQUIRE(exit_->why == "the library was not loaded and registered within 200 ms");
}
