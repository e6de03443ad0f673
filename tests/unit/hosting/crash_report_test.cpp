// From a crash to the report that people read.
#include "core/os/files.hpp"
#include "tests/unit/hosting/host_fixture.hpp"

using namespace foley::core;

namespace {

class ReportFixture : public HostFixture {
public:
    CrashReport crash(const std::string& command) {
        HostSpec limited = spec("obedient");
        limited.limits.callback_timeout = kSlower * 2s;
        start(limited);
        deliver(command);
        await_exit();
        return write(FOLEY_SYMBOLIZER_PROGRAM);
    }
    CrashReport write(const std::filesystem::path& symbolizer, unsigned keep = 20) {
        CrashReport report;
        report.plugin = "obedient";
        report.at = SystemClock().now();
        report.callback = "on_first";
        report.sequence = Sequence{100};
        report.event_source = "studio";
        report.event_id = "e100";
        report.event_type = "test";
        report.library = spec("obedient").library;
        report.what = exit_ ? exit_->why : "it just ended";
        report.log_tail = {"one", "two"};
        std::optional<CrashReport> finished;
        write_crash_report(
            io_, symbolizer, reports(), report, exit_ ? exit_->crash : std::nullopt,
            [&](const CrashReport& done) { finished = done; }, keep);
        await([&] { return finished.has_value(); }, "the report");
        return *finished;
    }
    std::filesystem::path reports() const { return directory_.path() / "crashes"; }
};

std::size_t frame_of(const CrashReport& report, const std::string& text) {
    for (std::size_t i = 0; i < report.stack.size(); ++i) {
        if (report.stack[i].find(text) != std::string::npos) return i;
    }
    std::string all;
    for (const std::string& frame : report.stack)
        all += frame + "\n";
    FAIL("no frame has " << text << ":\n" << all);
    return 0;
}

}  // namespace

TEST_CASE_METHOD(ReportFixture, "a report of a signal has the functions' names, files and lines", "[hosting][report]") {
    const CrashReport report = crash("segfault");
    REQUIRE(report.summary == "obedient: killed by SIGSEGV at address 0x8 in on_first, event 100");
    const std::size_t frame = frame_of(report, "crash_by_segfault()");
    REQUIRE(frame == 0);
    REQUIRE(report.stack[frame].find(" at obedient.cpp:") != std::string::npos);
    REQUIRE(report.stack[frame].find("(obedient.so+0x") != std::string::npos);
    REQUIRE(frame_of(report, "on_first") > frame);
}

TEST_CASE_METHOD(ReportFixture, "the stack names the function, whatever ended the host", "[hosting][report]") {
    const auto [command, function] =
        GENERATE(table<std::string, std::string>({{"abort", "crash_by_abort"},
                                                  {"exit", "leave_by_exit"},
                                                  {"overflow", "overflow_the_stack"},
                                                  {"call_nothing", "crash_by_call_of_nothing"},
                                                  {"hang", "never_return"},
                                                  {"throw_in_thread", "throw_in_a_thread"}}));
#if defined(__SANITIZE_THREAD__)
    if (command == "hang") {
        WARN("skipped: ThreadSanitizer keeps a signal back from a thread that spins, so there is no stack");
        return;
    }
#endif
    const CrashReport report = crash(command);
    frame_of(report, function);
}

TEST_CASE_METHOD(ReportFixture, "without the symbolizer a report has addresses and modules", "[hosting][report]") {
    crash("segfault");
    const std::string program = GENERATE("/nonexistent/symbolizer", "/bin/false");
    const CrashReport report = write(program);
    REQUIRE(report.stack.size() > 3);
    REQUIRE(report.stack[0].starts_with("#0 0x"));
    REQUIRE(report.stack[0].find("(obedient.so+0x") != std::string::npos);
}

TEST_CASE_METHOD(ReportFixture, "reports are kept as text and JSON, the newest so many, and can be read back",
                 "[hosting][report]") {
    for (int i = 0; i < 4; ++i)
        write(FOLEY_SYMBOLIZER_PROGRAM, 3);
    const CrashReport last = write(FOLEY_SYMBOLIZER_PROGRAM, 3);
    write_file_atomically(reports() / "obedient-other-20261121T093000Z-1.json", "{}");
    write_file_atomically(reports() / "obedient-20991121T093000Z-1.json", "no JSON");
    const auto read = read_crash_reports(reports(), "obedient", 10);
    REQUIRE(read.size() == 3);
    REQUIRE(read[0].id == last.id);
    REQUIRE(read[0].log_tail == last.log_tail);
    REQUIRE(read[0].sequence == Sequence{100});
    REQUIRE(read[0].at == last.at);
    REQUIRE(to_json(read[0]) == to_json(last));
    REQUIRE(read_file(reports() / (last.id + ".txt")) == to_text(last));
    REQUIRE(to_text(last).find("event:    100 (test e100 from studio)") != std::string::npos);
}
