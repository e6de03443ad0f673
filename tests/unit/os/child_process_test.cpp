#include "core/os/child_process.hpp"

#include "core/os/files.hpp"
#include "core/os/signals.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>

#include <signal.h>
#include <unistd.h>

using namespace foley::core;
using namespace std::chrono_literals;

namespace {

std::string read_all(const UniqueFd& fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(fd.get(), buffer.data(), buffer.size())) > 0;) {
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

struct Result {
    ExitStatus status;
    std::string output, errors;
};

Result run(ChildSpec spec) {
    spec.capture_output = true;
    ChildProcess child = ChildProcess::spawn(spec);
    std::string output = read_all(child.take_output());
    std::string errors = read_all(child.take_errors());
    const auto status = child.wait(30s);
    REQUIRE(status);
    return {*status, output, errors};
}

ChildSpec shell(const std::string& script) {
    ChildSpec spec;
    spec.program = "/bin/sh";
    spec.arguments = {"-c", script};
    return spec;
}

}  // namespace

TEST_CASE("a child's exit code and signal are told apart", "[os][child_process]") {
    REQUIRE(run(shell("exit 7")).status.exit_code() == 7);
    const ExitStatus killed = run(shell("kill -SEGV $$")).status;
    REQUIRE_FALSE(killed.exit_code());
    REQUIRE(killed.signal() == SIGSEGV);
    REQUIRE(ExitStatus::killed(SIGSEGV, true).to_string() == "killed by SIGSEGV, core dumped");
    REQUIRE(ExitStatus::exited(3).to_string() == "exited with code 3");
    REQUIRE(signal_name(SIGRTMIN + 5).starts_with("signal "));
}

TEST_CASE("a child's output and errors are captured apart", "[os][child_process]") {
    const Result result = run(shell("echo out; echo err >&2"));
    REQUIRE(result.output == "out\n");
    REQUIRE(result.errors == "err\n");
}

TEST_CASE("a child gets the listed environment, directory and nothing else", "[os][child_process]") {
    ChildSpec spec;
    spec.program = "/usr/bin/env";
    spec.environment = {"ONE=1", "TWO=2"};
    REQUIRE(run(spec).output == "ONE=1\nTWO=2\n");
    ChildSpec where = shell("pwd");
    where.working_directory = "/usr";
    REQUIRE(run(where).output == "/usr\n");
}

TEST_CASE("a child gets the listed descriptors at their numbers and no others", "[os][child_process]") {
    const Pipe first = make_pipe();
    const Pipe second = make_pipe();
    write_all(first.write.get(), "first", "the pipe");
    write_all(second.write.get(), "second", "the pipe");
    // One that is not close-on-exec, as a careless library would leave it.
    const UniqueFd leaked(::dup(first.read.get()));
    // The numbers here and there are crossed on purpose.
    // No pipeline: the shell would have its ends open for a moment. The colon keeps it from becoming ls.
    ChildSpec spec = shell("head -c5 <&5; head -c6 <&4; ls /proc/$$/fd; :");
    spec.inherit = {{first.read.get(), 5}, {second.read.get(), 4}};
    spec.environment = {"PATH=/usr/bin:/bin"};
    const Result result = run(spec);
    REQUIRE(result.output.starts_with("firstsecond"));
    std::string open = result.output.substr(11);
    std::replace(open.begin(), open.end(), '\n', ' ');
    CAPTURE(open);
    REQUIRE(open.find("0 1 ") == 0);
    REQUIRE(open.find(" 4 5 ") != std::string::npos);
    REQUIRE(open.find(" 3 ") == std::string::npos);
}

TEST_CASE("a program that is not there is an error of spawn", "[os][child_process]") {
    ChildSpec spec;
    spec.program = "/nonexistent/program";
    REQUIRE_THROWS_WITH(ChildProcess::spawn(spec),
                        Catch::Matchers::Contains("cannot start /nonexistent/program: No such file"));
}

TEST_CASE("a child that is let go of is killed, with what it left in its group", "[os][child_process]") {
    int pid = 0;
    {
        ChildProcess child = ChildProcess::spawn(shell("sleep 1000 & sleep 1000"));
        pid = child.pid();
        REQUIRE_FALSE(child.try_wait());
    }
    // What the child left behind is killed at once, and gone when its new parent has taken note.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (::kill(-pid, 0) == 0 && std::chrono::steady_clock::now() < deadline)
        ::usleep(1000);
    REQUIRE(::kill(-pid, 0) == -1);
}

TEST_CASE("a process handle knows whether it still is that process", "[os][process_handle]") {
    const auto start = process_start_time(::getpid());
    REQUIRE(start);
    REQUIRE(ProcessHandle::open(::getpid(), *start));
    REQUIRE_FALSE(ProcessHandle::open(::getpid(), *start + 1));
    REQUIRE_FALSE(process_start_time(0x3ffffff));
    REQUIRE_FALSE(ProcessHandle::open(0x3ffffff));
    REQUIRE_FALSE(is_traced(::getpid()));
}

TEST_CASE("waiting for a process ends with it, or with the limit", "[os][process_handle]") {
    ChildProcess child = ChildProcess::spawn(shell("exec sleep 1000"));
    REQUIRE_FALSE(child.wait(10ms));
    REQUIRE(child.send_signal(SIGTERM));
    REQUIRE(child.wait(30s)->signal() == SIGTERM);
    REQUIRE_FALSE(child.send_signal(SIGTERM));
}
