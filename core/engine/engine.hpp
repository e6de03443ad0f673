// Engine: sources, journal, plugins and their hosts, all together. What foleyd runs and the control interface asks.
//
// Owner: main. Thread: the one that runs `io`, which must be the process's main thread (hosts are spawned from it, and
// the parent-death signal follows the thread that spawned). Status functions return copies that may be sent anywhere.
// Functions that take a handler do slow work on the engine's pool and call the handler on the engine's thread; its
// `error` is empty on success and otherwise a sentence for the person who asked.
#pragma once

#include "core/engine/plugin_options.hpp"
#include "core/engine/status.hpp"
#include "core/journal/journal.hpp"
#include "core/source/source.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

class Engine {
public:
    // All references outlive the engine. Starts nothing yet.
    Engine(boost::asio::io_context& io, Journal& journal, const Clock& clock, EngineOptions options,
           EngineListener& listener);
    ~Engine();

    void add_source(std::unique_ptr<Source> source);

    void start();
    // Drains hosts and sources, commits, then calls `done`. Bounded by options.shutdown_timeout.
    void shut_down(std::function<void()> done);
    // A new configuration (SIGHUP): plugins whose options changed are restarted, others go on.
    void reconfigure(EngineOptions options);

    // ── status ───────────────────────────────────────────────────────────────────────────────────────────────────
    EngineStatus status() const;
    std::vector<PluginStatus> plugins() const;
    std::optional<PluginStatus> plugin(const std::string& name) const;  // nothing: there is none of that name
    std::vector<SourceStatus> sources() const;

    // ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────
    using Done = std::function<void(std::string error)>;
    // Runs a disabled plugin again; the failed event is the first one again, or becomes a dead letter (skip_event).
    void enable(const std::string& plugin, bool skip_event, Done done);
    void disable(const std::string& plugin, const std::string& why, Done done);
    void pause(const std::string& plugin, Done done);
    void resume(const std::string& plugin, Done done);
    void reload(const std::string& plugin, Done done);    // as if the file had changed
    void rollback(const std::string& plugin, Done done);  // to the last good copy before the present one
    void seek(const std::string& plugin, StartRule rule, Done done);
    void replay(const std::string& plugin, std::vector<Sequence> events, Done done);
    void forget(const std::string& plugin, Done done);  // an absent plugin's position and all it has
    void pause_source(const std::string& source, bool paused, Done done);

    struct Page {
        std::vector<std::shared_ptr<const Event>> events;
    };
    // Newest last. `after` 0 and `tail` true: the newest `limit`.
    void events(Sequence after, std::size_t limit, bool tail, std::function<void(std::string error, Page)> done);
    void event(Sequence sequence, std::function<void(std::string error, std::shared_ptr<const Event>)> done);
    void emit(std::vector<Event> events, std::function<void(std::string error, AppendResult)> done);
    void backlog(const std::string& plugin, std::function<void(std::string error, std::vector<RetryEntry>)> done);
    void dead_letters(const std::string& plugin,  // empty: of all
                      std::function<void(std::string error, std::vector<std::pair<std::string, DeadLetter>>)> done);
    void retry_dead_letter(const std::string& plugin, Sequence sequence, Done done);
    void drop_dead_letter(const std::string& plugin, Sequence sequence, Done done);
    // Per plugin: what becomes or became of this event and why, in a sentence.
    void explain(Sequence sequence,
                 std::function<void(std::string error, std::vector<std::pair<std::string, std::string>>)> done);
    void crash_reports(const std::string& plugin, std::size_t limit,
                       std::function<void(std::string error, std::vector<CrashReport>)> done);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace foley::core
