// Daemon: a real foleyd of this build in a private directory, as a test steers and watches it: by files, signals and
// the control interface, never by its log.
//
// Everything below directory(): foley.yaml, state/, plugins/ (more with plugin_directory(n)), events.jsonl (what the
// file source `lines` follows), lines/NAME (what recorder and its like write), foleyd.log.
//
// All that was started is ended with the object: the daemon, and hosts that outlived it. A condition that does not come
// true in time throws Unfulfilled with the status, the end of the log and the test's own words.
//
// Thread: the one that made it (hosts die with the thread that started their daemon's).
#pragma once

#include "integration/harness/handled.hpp"
#include "integration/harness/program.hpp"
#include "integration/harness/scale.hpp"
#include "integration/harness/temporary_directory.hpp"
#include "integration/harness/views.hpp"

#include "core/http/client.hpp"

#include <foley/json.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace foley::testing {

class Unfulfilled : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// One plugin's section: `options` and `settings` are entries of YAML's flow style, "on_error: skip, after: [a]".
struct PluginSection {
    std::string name;
    std::string options{};
    std::string settings{};
    bool records = true;  // it declares the setting `file`, which becomes lines/NAME
};

struct DaemonSetup {
    std::vector<PluginSection> plugins{};
    std::string plugin_defaults = "start: earliest";  // flow entries
    std::string times = "settle: 20ms\nrescan: 1s\n";
    std::string log = "level: debug";                    // flow entries
    std::string sites{}, sources{}, top{};               // YAML blocks, indented by two where they stand in a map
    std::vector<std::string> directories = {"plugins"};  // entries of plugin_directories; "{path: b, order: strict}"
    bool lines_source = true;
    std::vector<std::string> environment{};  // more of the daemon's own: "NAME=value"
};

class Daemon {
public:
    // Makes the directory and the configuration; starts nothing yet.
    explicit Daemon(DaemonSetup setup = {}, const std::filesystem::path& parent = {});
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // ── its files ────────────────────────────────────────────────────────────────────────────────────────────────
    const std::filesystem::path& directory() const noexcept { return directory_.path(); }
    std::filesystem::path plugin_directory() const { return directory() / "plugins"; }
    std::filesystem::path state_directory() const { return directory() / "state"; }
    std::filesystem::path configuration() const { return directory() / "foley.yaml"; }
    std::filesystem::path socket() const { return directory() / "control.sock"; }
    std::filesystem::path lines(const std::string& plugin) const { return directory() / "lines" / plugin; }
    std::filesystem::path flag(const std::string& name) const { return directory() / "flags" / name; }
    void raise_flag(const std::string& name) const;
    void lower_flag(const std::string& name) const;

    // Writes foley.yaml anew. Takes effect with the next start or SIGHUP.
    void configure(const DaemonSetup& setup);
    void configure_text(const std::string& yaml);

    // ── plugins ──────────────────────────────────────────────────────────────────────────────────────────────────
    // Puts a library into a plugin directory under a name: copied beside, then renamed. `build` becomes the mark of
    // recorder; a library without a mark gets the build's number appended, so it differs too.
    void install(const std::string& name, const std::filesystem::path& library, unsigned build = 1,
                 const std::string& directory = "plugins") const;
    // The same bytes in memory, for whoever wants to write them in another way.
    static std::string library_bytes(const std::filesystem::path& library, unsigned build);
    void install_recorder(const std::string& name, unsigned build = 1) const {
        install(name, test_plugin("recorder"), build);
    }
    void remove(const std::string& name, const std::string& directory = "plugins") const;

    // ── life ─────────────────────────────────────────────────────────────────────────────────────────────────────
    // Returns when the control interface answers.
    void start(const std::vector<std::string>& more_arguments = {});
    // Returns at once, for whoever wants to disturb the start; await_answer() waits for the rest.
    void launch(const std::vector<std::string>& more_arguments = {});
    void await_answer();
    bool running();
    int pid() const { return child_->pid(); }
    void send_signal(int signal) const { child_->send_signal(signal); }
    // SIGKILL; returns when it is gone and its hosts are.
    void kill();
    // SIGTERM; how it ended. Hosts that are left are a failure.
    core::ExitStatus stop(std::chrono::milliseconds limit = std::chrono::seconds(30));
    // For an end that the test did not ask for, or did with a signal.
    core::ExitStatus wait_for_end(std::chrono::milliseconds limit = std::chrono::seconds(30));
    // The command line that start() uses, for a second daemon or --check.
    Run run_foleyd(const std::vector<std::string>& arguments) const;
    Run foleyctl(const std::vector<std::string>& arguments) const;

    // ── events ───────────────────────────────────────────────────────────────────────────────────────────────────
    // Appends a line to what the file source follows. The id is the number of the event, from 1; `members` are further
    // members of the JSON object: `"for": "a"`. Returns the id.
    std::uint64_t emit(const std::string& type = "test.note", const std::string& members = {});
    // `count` events with one write.
    void emit_many(std::size_t count, const std::string& type = "test.note");
    std::uint64_t emitted() const noexcept { return emitted_; }
    std::filesystem::path events_file() const { return directory() / "events.jsonl"; }

    // ── the control interface ────────────────────────────────────────────────────────────────────────────────────
    json::Document get(const std::string& target);
    // Throws when the answer is not 2xx, with its sentence.
    json::Document post(const std::string& target, const std::string& body = "{}");
    core::HttpResponse request(const std::string& method, const std::string& target, const std::string& body = {});
    EngineView status();
    PluginView plugin(const std::string& name);  // state "unknown" when the daemon does not know it
    SourceView source(const std::string& name);

    // ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────
    // Polls until `condition` is true. `what` completes "waited for …".
    void await(const std::string& what, const std::function<bool()>& condition,
               std::chrono::milliseconds limit = std::chrono::seconds(30));
    void await_state(const std::string& plugin, const std::string& state,
                     std::chrono::milliseconds limit = std::chrono::seconds(30));
    // The plugin has finished all that is in the journal, and the journal has all that was emitted.
    void await_caught_up(const std::string& plugin, std::chrono::milliseconds limit = std::chrono::seconds(60));
    // The journal holds all that was emitted.
    void await_appended(std::chrono::milliseconds limit = std::chrono::seconds(30));
    Handled handled(const std::string& plugin) const { return Handled(lines(plugin)); }

    std::string log_tail(std::size_t lines = 60) const;
    // Log, status, and what the test says: for the exception.
    std::string situation();

private:
    void end_orphans() const;
    void write_line(const std::string& lines);

    TemporaryDirectory directory_;
    const std::vector<std::string> environment_;
    std::optional<core::ChildProcess> child_;
    std::unique_ptr<core::HttpClient> client_;
    std::uint64_t emitted_ = 0;
};

}  // namespace foley::testing
