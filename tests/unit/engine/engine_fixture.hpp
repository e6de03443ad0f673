// An engine in the test's own process, with a real journal, real hosts and plugin libraries in a directory of its own.
#pragma once

#include "core/engine/engine.hpp"
#include "core/journal/sqlite/sqlite_journal.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

class EngineFixture : public EngineListener {
public:
    EngineFixture();
    ~EngineFixture() override;

    // Makes an engine on the journal in the directory; `stop` drains it, `drop` lets go of it as a crash would not: the
    // hosts are killed.
    void start();
    void stop();

    // Puts a build of the probe ("one", "two", "timer", "start_fails") into the directory under a name.
    void install(const std::string& build, const std::string& name);
    void remove(const std::string& name);
    // Appends an event; returns its sequence.
    std::uint64_t emit(const std::string& payload, const std::string& entity = "e", const std::string& type = "probe.x",
                       std::optional<Timestamp> deadline = std::nullopt);

    PluginStatus plugin(const std::string& name) const;
    // Runs the engine until the condition holds; fails the test with the log when that takes too long.
    void await(const std::string& what, const std::function<bool()>& condition);
    void await_state(const std::string& name, PluginState state);
    // Until the plugin has finished everything.
    void await_caught_up(const std::string& name);
    // Runs one of the engine's by-hand functions and returns its error.
    std::string by_hand(const std::function<void(Engine::Done)>& call);
    // The lines that the probe of that name wrote.
    std::vector<std::string> lines(const std::string& name) const;
    // What events with "wait" wait for in their callback, and without which "retry" and "hold" do so.
    void make_world();

    EngineOptions options;
    boost::asio::io_context io;
    std::unique_ptr<Journal> journal;
    std::unique_ptr<Engine> engine;
    std::vector<std::string> log;
    std::vector<CrashReport> crashes;
    std::filesystem::path home;

private:
    void on_engine_log(int level, const std::string& text) override;
    void on_plugin_log(const std::string& plugin, int level, const std::string& text, Sequence event) override;
    void on_plugin_output(const std::string& plugin, bool is_stderr, const std::string& line) override;
    void on_plugin_state(const PluginStatus& status) override;
    void on_crash(const CrashReport& report) override;

    SystemClock clock_;
    std::uint64_t emitted_ = 0;
};

}  // namespace foley::core
