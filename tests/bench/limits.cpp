#include "bench/limits.hpp"

#include "bench/measure.hpp"

#include "core/os/unique_fd.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace foley::bench {
namespace {

constexpr std::size_t kEntry = 517;
constexpr std::size_t kRows = 100'000;
constexpr std::size_t kInTransaction = 500;

// A connection set up as the journal's: a write-ahead log that is on the disk when a commit returns.
class Sqlite {
public:
    explicit Sqlite(const std::filesystem::path& file) {
        check(sqlite3_open(file.c_str(), &handle_));
        run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    }
    ~Sqlite() {
        for (sqlite3_stmt* one : statements_)
            sqlite3_finalize(one);
        sqlite3_close(handle_);
    }
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    void run(const char* sql) { check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }
    sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* made = nullptr;
        check(sqlite3_prepare_v2(handle_, sql, -1, &made, nullptr));
        statements_.push_back(made);
        return made;
    }
    void check(int code) const {
        if (code != SQLITE_OK) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(handle_));
    }

private:
    sqlite3* handle_ = nullptr;
    std::vector<sqlite3_stmt*> statements_;
};

void write_all(int fd, const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t sent = ::send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) throw std::system_error(errno, std::system_category(), "send");
        if (sent > 0) at += static_cast<std::size_t>(sent);
    }
}

std::size_t read_some(int fd, std::vector<char>& buffer) {
    for (;;) {
        const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) throw std::system_error(errno, std::system_category(), "recv");
    }
}

// A frame as small as one can be: a length, and so many bytes.
constexpr std::size_t kHead = 4;
constexpr std::size_t kAnswer = 16;

void put_frame(std::string& out, std::string_view body) {
    const auto size = static_cast<std::uint32_t>(body.size());
    out.append(reinterpret_cast<const char*>(&size), kHead);
    out.append(body);
}

// Takes whole frames from the front and counts them; what is left over stays.
template <typename Take>
std::size_t take_frames(std::string& bytes, const Take& take) {
    std::size_t at = 0, taken = 0;
    while (bytes.size() - at >= kHead) {
        std::uint32_t size = 0;
        std::memcpy(&size, bytes.data() + at, kHead);
        if (bytes.size() - at < kHead + size) break;
        take(std::string_view(bytes).substr(at + kHead, size));
        at += kHead + size;
        ++taken;
    }
    bytes.erase(0, at);
    return taken;
}

// The other process: keeps each frame for a moment, and answers it with one of 16 bytes; one write for each read.
[[noreturn]] void answer_frames(int fd) {
    std::vector<char> buffer(std::size_t{1} << 16);
    std::string bytes, answers, kept;
    try {
        for (;;) {
            const std::size_t got = read_some(fd, buffer);
            if (got == 0) ::_exit(0);
            bytes.append(buffer.data(), got);
            take_frames(bytes, [&](std::string_view body) {
                kept = body;
                put_frame(answers, std::string_view(kept).substr(0, kAnswer));
            });
            write_all(fd, answers);
            answers.clear();
        }
    } catch (const std::exception&) {
        ::_exit(1);
    }
}

// Frames a second with so many in flight, from 64 MiB of different events.
double frames_with(std::size_t in_flight, std::size_t frames) {
    std::vector<std::string> events;
    for (std::size_t i = 0; i < std::min<std::size_t>(frames, 131'072); ++i)
        events.push_back(sample_entry(i));
    core::SocketPair pair = core::make_socket_pair();
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::system_category(), "fork");
    if (child == 0) {
        ::close(pair.first.get());
        answer_frames(pair.second.get());
    }
    pair.second.reset();
    std::vector<char> buffer(std::size_t{1} << 16);
    std::string pending, answers;
    std::size_t sent = 0, answered = 0;
    const auto begin = now_ns();
    while (answered < frames) {
        for (; sent < frames && sent - answered < in_flight; ++sent)
            put_frame(pending, events[sent % events.size()]);
        write_all(pair.first.get(), pending);
        pending.clear();
        answers.append(buffer.data(), read_some(pair.first.get(), buffer));
        answered += take_frames(answers, [](std::string_view) {});
    }
    const double taken = seconds_since(begin);
    pair.first.reset();
    ::waitpid(child, nullptr, 0);
    return static_cast<double>(frames) / taken;
}

}  // namespace

std::string sample_entry(std::uint64_t id) {
    std::string entry = fmt::format(
        R"({{"type":"EventLogEntry","id":{},"event_type":"Shotgun_Task_Change","attribute_name":"sg_status_list",)"
        R"("meta":{{"type":"attribute_change","attribute_name":"sg_status_list","entity_type":"Task","entity_id":{},)"
        R"("old_value":"wtg","new_value":"ip"}},"entity":{{"type":"Task","id":{},"name":"anim"}},)"
        R"("user":{{"type":"HumanUser","id":24,"name":"Anna"}},"project":{{"type":"Project","id":70,"name":"Show"}},)"
        R"("session_uuid":"d8d1a3b2-6a3d-11ef-8d5c-0242ac110007","created_at":"2026-11-26T03:04:05Z",)"
        R"("description":"")",
        id, 1000 + id % 5000, 1000 + id % 5000);
    const std::size_t end = 2;  // "\"}"
    entry.pop_back();           // the description's closing quote comes back below
    entry.append(kEntry - std::min(kEntry - end, entry.size()) - end, 'x');
    return entry + "\"}";
}

double Limits::parse() {
    if (parse_) return *parse_;
    constexpr std::size_t kParsed = 200'000;
    const std::string entry = sample_entry(1'000'000);
    std::size_t members = 0;
    const auto begin = now_ns();
    for (std::size_t i = 0; i < kParsed; ++i) {
        rapidjson::Document document;
        document.Parse(entry.data(), entry.size());
        members += document.MemberCount();
    }
    const double taken = seconds_since(begin);
    if (members != kParsed * 11) throw std::runtime_error("the sample is not as expected");
    parse_ = kParsed / taken;
    return *parse_;
}

// Both the writing and the reading of the same rows.
void Limits::rows() {
    const auto file = directory_ / "limits.db";
    Sqlite sqlite(file);
    sqlite.run("CREATE TABLE events (number INTEGER PRIMARY KEY, id TEXT, payload BLOB)");
    sqlite.run("CREATE TABLE seen (id TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID");
    sqlite3_stmt* insert = sqlite.prepare("INSERT INTO events VALUES (?1, ?2, ?3)");
    sqlite3_stmt* see = sqlite.prepare("INSERT OR IGNORE INTO seen VALUES (?1, ?2)");
    const std::string payload = sample_entry(1'000'000);
    auto begin = now_ns();
    for (std::size_t i = 1; i <= kRows; ++i) {
        if (i % kInTransaction == 1) sqlite.run("BEGIN");
        const std::string id = std::to_string(i);
        sqlite3_bind_text(see, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
        sqlite3_bind_int64(see, 2, static_cast<sqlite3_int64>(i));
        sqlite3_step(see);
        sqlite3_reset(see);
        sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(i));
        sqlite3_bind_text(insert, 2, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
        sqlite3_bind_blob(insert, 3, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
        sqlite3_step(insert);
        sqlite.check(sqlite3_reset(insert));
        if (i % kInTransaction == 0) sqlite.run("COMMIT");
    }
    append_ = kRows / seconds_since(begin);
    sqlite3_stmt* read = sqlite.prepare("SELECT number, id, payload FROM events WHERE number > ?1 LIMIT 500");
    sqlite3_int64 last = 0;
    std::size_t bytes = 0;
    begin = now_ns();
    for (bool some = true; some;) {
        sqlite3_bind_int64(read, 1, last);
        some = false;
        while (sqlite3_step(read) == SQLITE_ROW) {
            last = sqlite3_column_int64(read, 0);
            bytes += static_cast<std::size_t>(sqlite3_column_bytes(read, 2));
            some = true;
        }
        sqlite3_reset(read);
    }
    read_ = kRows / seconds_since(begin);
    if (bytes != kRows * payload.size()) throw std::runtime_error("not all rows were read");
}

double Limits::append() {
    if (!append_) rows();
    return *append_;
}

double Limits::read() {
    if (!read_) rows();
    return *read_;
}

double Limits::frames() {
    if (frames_) return *frames_;
    // One run may take half as long as another, as the two processes happen to lie on the cores.
    std::array<double, 7> runs{};
    for (double& run : runs)
        run = frames_with(256, 500'000);
    std::nth_element(runs.begin(), runs.begin() + runs.size() / 2, runs.end());
    frames_ = runs[runs.size() / 2];
    return *frames_;
}

double Limits::round_trips() {
    if (!round_trips_) round_trips_ = frames_with(1, 20'000);
    return *round_trips_;
}

double Limits::lone_commit_ms() {
    if (lone_commit_ms_) return *lone_commit_ms_;
    constexpr std::size_t kCommits = 400;
    Sqlite sqlite(directory_ / "commits.db");
    sqlite.run("CREATE TABLE one (number INTEGER PRIMARY KEY, value INTEGER); INSERT INTO one VALUES (1, 0)");
    sqlite3_stmt* update = sqlite.prepare("UPDATE one SET value = value + 1");
    std::vector<std::int64_t> taken;
    for (std::size_t i = 0; i < kCommits; ++i) {
        std::this_thread::sleep_for(kBetweenLoneEvents);
        const auto begin = now_ns();
        sqlite3_step(update);
        sqlite.check(sqlite3_reset(update));
        taken.push_back(now_ns() - begin);
    }
    lone_commit_ms_ = ms(quantile(std::move(taken), 0.5));
    return *lone_commit_ms_;
}

double Limits::slowest_stage() {
    return std::min({parse(), append(), read(), frames()});
}

}  // namespace foley::bench
