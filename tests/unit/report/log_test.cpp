#include "core/report/log.hpp"

#include "core/report/log_text.hpp"
#include "core/report/sinks.hpp"

#include <catch2/catch.hpp>
#include <spdlog/details/log_msg.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace foley::core;

namespace {

class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "foley-log-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    // The content of all files whose name begins so.
    std::string text(const std::string& stem) const {
        std::string all;
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            if (!entry.path().filename().string().starts_with(stem)) continue;
            std::ostringstream out;
            out << std::ifstream(entry.path()).rdbuf();
            all += out.str();
        }
        return all;
    }
    std::size_t files(const std::string& stem) const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            count += entry.path().filename().string().starts_with(stem) ? 1U : 0U;
        }
        return count;
    }

    std::filesystem::path path;
};

LogOptions to_file(const Folder& folder) {
    LogOptions options;
    options.console = false;
    options.file = folder.path / "foleyd.log";
    return options;
}

// What is written to stderr while it lives goes into a file.
class CapturedStderr {
public:
    explicit CapturedStderr(const std::filesystem::path& file) : kept_(::dup(STDERR_FILENO)) {
        const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        ::dup2(fd, STDERR_FILENO);
        ::close(fd);
    }
    ~CapturedStderr() {
        ::dup2(kept_, STDERR_FILENO);
        ::close(kept_);
    }
    CapturedStderr(const CapturedStderr&) = delete;
    CapturedStderr& operator=(const CapturedStderr&) = delete;

private:
    int kept_;
};

}  // namespace

TEST_CASE("a line goes to the file of the day with its room and level", "[report][log]") {
    const Folder folder;
    {
        Log log(to_file(folder));
        log.write("engine", LogSeverity::info, "plugin loaded: plugin=hammertrack");
        log.write("engine", LogSeverity::debug, "not shown");
        log.set_level(LogSeverity::debug);
        log.writer("control")(0, "shown now");
    }
    const std::string text = folder.text("foleyd_");
    CHECK(text.find("info    [engine] plugin loaded: plugin=hammertrack\n") != std::string::npos);
    CHECK(text.find("not shown") == std::string::npos);
    CHECK(text.find("debug   [control] shown now\n") != std::string::npos);
}

TEST_CASE("flush returns when all that was written before is in the file", "[report][log]") {
    const Folder folder;
    Log log(to_file(folder));
    for (int i = 0; i < 1000; ++i)
        log.write("engine", LogSeverity::info, "line " + std::to_string(i));
    log.flush();
    CHECK(folder.text("foleyd_").find("line 999\n") != std::string::npos);
}

TEST_CASE("a plugin's lines go to its own file, and only its warnings to the common one", "[report][log]") {
    const Folder folder;
    LogOptions options = to_file(folder);
    options.per_plugin = true;
    {
        Log log(options);
        log.write_plugin("hammertrack", LogSeverity::info, "labelled", 4711);
        log.write_plugin("hammertrack", LogSeverity::warning, "odd", 0);
        log.write_output("hammertrack", false, "hello");
        log.write("engine", LogSeverity::info, "from the engine");
    }
    const std::string own = folder.text("hammertrack_");
    CHECK(own.find("info    [hammertrack] labelled event=4711\n") != std::string::npos);
    CHECK(own.find("stdout: hello\n") != std::string::npos);
    CHECK(own.find("from the engine") == std::string::npos);
    const std::string common = folder.text("foleyd_");
    CHECK(common.find("labelled") == std::string::npos);
    CHECK(common.find("warning [hammertrack] odd\n") != std::string::npos);
    CHECK(common.find("from the engine") != std::string::npos);
}

TEST_CASE("a file begins with each day, and only so many stay", "[report][log]") {
    const Folder folder;
    const auto sink = make_file_sink(folder.path / "foleyd.log", 3);
    const auto now = std::chrono::system_clock::now();
    for (int day = 0; day < 6; ++day) {
        const std::string text = "day " + std::to_string(day);
        spdlog::details::log_msg message("engine", spdlog::level::info, text);  // a view of the text
        message.time = now + std::chrono::hours(24 * day);
        sink->log(message);
    }
    sink->flush();
    CHECK(folder.files("foleyd_") == 3);
    CHECK(folder.text("foleyd_").find("day 5") != std::string::npos);
    CHECK(folder.text("foleyd_").find("day 2") == std::string::npos);
}

TEST_CASE("a full queue drops the oldest lines and tells how many", "[report][log]") {
    const Folder folder;
    LogOptions options = to_file(folder);
    options.queue = 4;
    std::uint64_t dropped = 0;
    {
        Log log(options);
        int i = 0;
        while (log.dropped() == 0)
            log.write("engine", LogSeverity::info, "line " + std::to_string(++i));
        log.flush();
        log.write("engine", LogSeverity::info, "the last");
        dropped = log.dropped();
    }
    CHECK(dropped > 0);
    const std::string text = folder.text("foleyd_");
    CHECK(text.find("log lines were dropped") != std::string::npos);
    CHECK(text.find("the last\n") != std::string::npos);
}

TEST_CASE("under journald every line begins with its priority", "[report][log]") {
    const Folder folder;
    {
        const CapturedStderr captured(folder.path / "stderr");
        LogOptions options;
        options.journald = true;
        Log log(options);
        log.write("engine", LogSeverity::warning, "first\nsecond");
        log.write("engine", LogSeverity::info, "third");
    }
    CHECK(folder.text("stderr") == "<4>[engine] first\n<4>    second\n<6>[engine] third\n");
}

TEST_CASE("stderr is the journal's only when the variable names it", "[report][log]") {
    ::unsetenv("JOURNAL_STREAM");
    CHECK_FALSE(stderr_is_journal());
    struct stat facts {};
    REQUIRE(::fstat(STDERR_FILENO, &facts) == 0);
    const std::string stream = std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino);
    ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
    CHECK(stderr_is_journal());
    ::setenv("JOURNAL_STREAM", "1:2", 1);
    CHECK_FALSE(stderr_is_journal());
    ::unsetenv("JOURNAL_STREAM");
}

TEST_CASE("text of a plugin cannot forge lines or drive a terminal", "[report][log]") {
    CHECK(log_text("a\x1b[2Jb\x7f") == "a\\x1b[2Jb\\x7f");
    CHECK(log_text("\xc2\x9b"
                   "2J \xc2\xa0") == "\\xc2\\x9b2J \xc2\xa0");
    CHECK(log_text("one\ntwo\n") == "one\n    two");
    CHECK(log_text("tab\tand ä") == "tab\tand ä");
}

TEST_CASE("a log file that cannot be made is refused with a sentence", "[report][log]") {
    LogOptions options;
    options.console = false;
    options.file = "/proc/foley/foleyd.log";
    CHECK_THROWS_WITH(Log(options), Catch::Contains("cannot make /proc/foley"));
}
