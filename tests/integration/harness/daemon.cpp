#include "integration/harness/daemon.hpp"

#include "core/os/files.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace foley::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLookAgain = 5ms;

void write_text(const std::filesystem::path& path, const std::string& text) {
    core::write_file_atomically(path, text, core::Durability::page_cache, 0644);
}

std::string yaml_of(const DaemonSetup& setup, const std::filesystem::path& directory) {
    const std::string at = directory.string() + "/";
    std::string yaml = "state_dir: " + at + "state\n" + "control: {socket: " + at + "control.sock}\n" + "log: {" +
                       setup.log + "}\n" + setup.times;
    yaml += "plugin_directories:\n";
    for (const std::string& entry : setup.directories)
        yaml += "  - " + entry + "\n";
    if (!setup.sites.empty()) yaml += "sites:\n" + setup.sites;
    if (setup.lines_source || !setup.sources.empty()) yaml += "sources:\n";
    if (setup.lines_source) yaml += "  lines: {kind: file, path: " + at + "events.jsonl, start: beginning}\n";
    yaml += setup.sources;
    if (!setup.plugin_defaults.empty()) yaml += "plugin_defaults: {" + setup.plugin_defaults + "}\n";
    if (!setup.plugins.empty()) yaml += "plugins:\n";
    for (const PluginSection& plugin : setup.plugins) {
        std::string settings = plugin.records ? "file: " + at + "lines/" + plugin.name : "";
        if (!settings.empty() && !plugin.settings.empty()) settings += ", ";
        settings += plugin.settings;
        yaml += "  " + plugin.name + ": {" + plugin.options;
        if (!plugin.options.empty() && !settings.empty()) yaml += ", ";
        yaml += (settings.empty() ? "" : "settings: {" + settings + "}") + "}\n";
    }
    return yaml + setup.top;
}

// In one piece: byte by byte takes an instrumented build seconds for each library.
std::string whole_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    if (stream) text << stream.rdbuf();
    return text.str();
}

// The processes whose parent is this one, from the kernel's list.
std::vector<int> children() {
    std::vector<int> result;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream stream(thread.path() / "children");
        for (int pid = 0; stream >> pid;)
            result.push_back(pid);
    }
    return result;
}

bool is_host(int pid) {
    std::ifstream stream("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    std::getline(stream, name);
    return name == "foley-host" || name == "foley-symbolize";  // comm is cut at 15 bytes
}

}  // namespace

// ── its files ────────────────────────────────────────────────────────────────────────────────────────────────────────

Daemon::Daemon(DaemonSetup setup, const std::filesystem::path& parent)
    : directory_(parent), environment_(setup.environment) {
    // Hosts that outlive their daemon become children of this process, so they can be found and reaped.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    for (const char* name : {"plugins", "lines", "flags", "staging", "state"})
        std::filesystem::create_directory(directory() / name);
    configure(setup);
}

Daemon::~Daemon() {
    try {
        if (child_) {
            child_->send_signal(SIGKILL);
            child_->wait(10s);
        }
        end_orphans();
    } catch (const std::exception& error) {
        ::fprintf(stderr, "harness: %s\n", error.what());
    }
}

void Daemon::raise_flag(const std::string& name) const {
    write_text(flag(name), "");
}

void Daemon::lower_flag(const std::string& name) const {
    std::filesystem::remove(flag(name));
}

void Daemon::configure(const DaemonSetup& setup) {
    configure_text(yaml_of(setup, directory()));
}

void Daemon::configure_text(const std::string& yaml) {
    write_text(configuration(), yaml);
}

// ── plugins ──────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string Daemon::library_bytes(const std::filesystem::path& library, unsigned build) {
    constexpr std::string_view kMark = "foley-test-build:";
    std::string bytes = whole_file(library);
    if (bytes.empty()) throw std::runtime_error(library.string() + " is not there: build it first");
    std::string number = std::to_string(build);
    number.insert(0, 8 - std::min<std::size_t>(8, number.size()), '0');
    const std::size_t mark = bytes.find(std::string(kMark) + "00000000");
    if (mark != std::string::npos) {
        bytes.replace(mark + kMark.size(), number.size(), number);
    } else {
        bytes += number;  // what lies behind the last section is not looked at
    }
    return bytes;
}

void Daemon::install(const std::string& name, const std::filesystem::path& library, unsigned build,
                     const std::string& directory_name) const {
    const std::filesystem::path beside = directory() / "staging" / (name + ".so");
    {
        std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
        stream << library_bytes(library, build);
        if (!stream.flush()) throw std::runtime_error("cannot write " + beside.string());
    }
    std::filesystem::permissions(beside, std::filesystem::perms(0755));
    std::filesystem::rename(beside, directory() / directory_name / (name + ".so"));
}

void Daemon::remove(const std::string& name, const std::string& directory_name) const {
    std::filesystem::remove(directory() / directory_name / (name + ".so"));
}

// ── life ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

void Daemon::start(const std::vector<std::string>& more_arguments) {
    launch(more_arguments);
    await_answer();
}

void Daemon::launch(const std::vector<std::string>& more_arguments) {
    if (running()) throw std::runtime_error("the daemon runs already");
    // setpriv: a daemon does not outlive a test that was killed. The shell appends both streams to the log, and becomes
    // the daemon.
    core::ChildSpec spec;
    spec.program = "/usr/bin/setpriv";
    spec.arguments = {"--pdeathsig",
                      "KILL",
                      "/bin/sh",
                      "-c",
                      "exec \"$0\" \"$@\" >>foleyd.log 2>&1",
                      program("foleyd").string(),
                      "--config",
                      configuration().string()};
    spec.arguments.insert(spec.arguments.end(), more_arguments.begin(), more_arguments.end());
    spec.environment = basic_environment();
    spec.environment.insert(spec.environment.end(), environment_.begin(), environment_.end());
    spec.working_directory = directory();
    client_.reset();
    child_.emplace(core::ChildProcess::spawn(spec));
}

void Daemon::await_answer() {
    await("foleyd to answer on its control socket", [this] {
        try {
            return request("GET", "/v1/status").status == 200;
        } catch (const core::HttpClientError&) {
            return false;
        }
    });
}

bool Daemon::running() {
    return child_ && !child_->try_wait();
}

void Daemon::kill() {
    if (!child_) throw std::runtime_error("the daemon does not run");
    child_->send_signal(SIGKILL);
    wait_for_end();
}

core::ExitStatus Daemon::stop(milliseconds limit) {
    if (!child_) throw std::runtime_error("the daemon does not run");
    child_->send_signal(SIGTERM);
    return wait_for_end(limit);
}

core::ExitStatus Daemon::wait_for_end(milliseconds limit) {
    const std::optional<core::ExitStatus> status = child_->wait(patience(limit));
    if (!status) throw Unfulfilled("waited for foleyd to end\n" + situation());
    child_.reset();
    client_.reset();
    end_orphans();
    return *status;
}

// The hosts of a daemon that is gone end by themselves; one that does not within its time is a failure of its own.
void Daemon::end_orphans() const {
    const auto until = steady_clock::now() + patience(10s);
    std::vector<int> left;
    do {
        left.clear();
        for (const int pid : children()) {
            const bool known = child_ && child_->pid() == pid;
            if (known || !is_host(pid)) continue;
            int status = 0;
            if (::waitpid(pid, &status, WNOHANG) == 0) left.push_back(pid);
        }
        if (!left.empty()) std::this_thread::sleep_for(kLookAgain);
    } while (!left.empty() && steady_clock::now() < until);
    for (const int pid : left) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
    if (!left.empty()) throw Unfulfilled("a foley-host outlived its daemon; the end of its log:\n" + log_tail());
}

Run Daemon::run_foleyd(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{"--config", configuration().string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run(program("foleyd"), all, 60s, directory());
}

Run Daemon::foleyctl(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{"--socket", socket().string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run(program("foleyctl"), all, 60s, directory());
}

// ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────────

void Daemon::write_line(const std::string& text) {
    const core::UniqueFd file(::open(events_file().c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
    if (!file) throw std::system_error(errno, std::system_category(), "open " + events_file().string());
    core::write_all(file.get(), text, events_file().string());
}

std::uint64_t Daemon::emit(const std::string& type, const std::string& members) {
    const std::uint64_t id = ++emitted_;
    write_line("{\"id\":\"" + std::to_string(id) + "\",\"type\":\"" + type + "\"" +
               (members.empty() ? "" : "," + members) + "}\n");
    return id;
}

void Daemon::emit_many(std::size_t count, const std::string& type) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += "{\"id\":\"" + std::to_string(++emitted_) + "\",\"type\":\"" + type + "\"}\n";
    write_line(text);
}

// ── the control interface ────────────────────────────────────────────────────────────────────────────────────────────

core::HttpResponse Daemon::request(const std::string& method, const std::string& target, const std::string& body) {
    if (!client_) client_ = std::make_unique<core::HttpClient>(socket(), patience(20s));
    try {
        return client_->request(method, target, body);
    } catch (...) {
        client_.reset();
        throw;
    }
}

json::Document Daemon::get(const std::string& target) {
    const core::HttpResponse response = request("GET", target);
    if (response.status / 100 != 2) throw std::runtime_error("GET " + target + ": " + response.body);
    return json::parse(response.body);
}

json::Document Daemon::post(const std::string& target, const std::string& body) {
    const core::HttpResponse response = request("POST", target, body);
    if (response.status / 100 != 2) throw std::runtime_error("POST " + target + ": " + response.body);
    return json::parse(response.body);
}

EngineView Daemon::status() {
    return engine_view(get("/v1/status"));
}

PluginView Daemon::plugin(const std::string& name) {
    const core::HttpResponse response = request("GET", "/v1/plugins/" + name);
    return response.status == 200 ? plugin_view(json::parse(response.body)) : PluginView{};
}

SourceView Daemon::source(const std::string& name) {
    const json::Document all = get("/v1/sources");
    for (const json::Value& value : json::member(all, "sources").GetArray()) {
        if (json::text_or_empty(value, "name") == name) return source_view(value);
    }
    return {};
}

// ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────

void Daemon::await(const std::string& what, const std::function<bool()>& condition, milliseconds limit) {
    const auto until = steady_clock::now() + patience(limit);
    while (!condition()) {
        if (child_ && child_->try_wait()) {
            throw Unfulfilled("waited for " + what + ", but foleyd ended: " + child_->try_wait()->to_string() + "\n" +
                              log_tail());
        }
        if (steady_clock::now() >= until) throw Unfulfilled("waited in vain for " + what + "\n" + situation());
        std::this_thread::sleep_for(kLookAgain);
    }
}

void Daemon::await_state(const std::string& name, const std::string& state, milliseconds limit) {
    await(
        name + " to be " + state, [&] { return plugin(name).state == state; }, limit);
}

void Daemon::await_appended(milliseconds limit) {
    const std::string last = std::to_string(emitted_);
    await(
        "event " + last + " to be in the journal",
        [&] {
            const json::Document page = get("/v1/events?tail=1&limit=200");
            const json::Value& events = json::member(page, "events");
            return emitted_ == 0 || std::any_of(events.Begin(), events.End(), [&](const json::Value& event) {
                       return json::text_or_empty(event, "source") == "lines" &&
                              json::text_or_empty(event, "id") == last;
                   });
        },
        limit);
}

void Daemon::await_caught_up(const std::string& name, milliseconds limit) {
    await_appended(limit);
    const std::uint64_t head = status().head;
    await(
        name + " to have finished event " + std::to_string(head), [&] { return plugin(name).position >= head; }, limit);
}

std::string Daemon::log_tail(std::size_t count) const {
    std::ifstream stream(directory() / "foleyd.log");
    std::deque<std::string> tail;
    for (std::string line; std::getline(stream, line);) {
        tail.push_back(line);
        if (tail.size() > count) tail.pop_front();
    }
    std::string text;
    for (const std::string& line : tail)
        text += line + "\n";
    return text;
}

std::string Daemon::situation() {
    std::string text = "--- the end of foleyd.log\n" + log_tail();
    for (const char* target : {"/v1/status", "/v1/plugins", "/v1/sources"}) {
        try {
            text += std::string("--- ") + target + "\n" + request("GET", target).body + "\n";
        } catch (const std::exception& error) {
            text += std::string("--- ") + target + ": " + error.what() + "\n";
        }
    }
    return text;
}

}  // namespace foley::testing
