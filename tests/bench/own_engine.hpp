// OwnEngine: engine and journal in this process, so that the moment of a commit is known and events come as densely as
// wanted; the host is a real one, of the plugin recorder, which stamps its callbacks.
#pragma once

#include "integration/harness/handled.hpp"
#include "integration/harness/temporary_directory.hpp"

#include "core/engine/engine.hpp"
#include "core/journal/journal.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace foley::bench {

class OwnEngine final : public core::EngineListener {
public:
    static constexpr std::chrono::milliseconds kSettle{20};

    OwnEngine();  // the plugin runs when it returns
    ~OwnEngine() override;
    OwnEngine(const OwnEngine&) = delete;
    OwnEngine& operator=(const OwnEngine&) = delete;

    // Saves another build of the plugin.
    void install(unsigned build) const;
    // Appends one event; any thread.
    void append();
    std::uint64_t appended() const noexcept { return appended_; }
    // The engine's thread, until the condition holds. Throws after five minutes.
    void run_until(const std::function<bool()>& condition);
    std::uint64_t position() const;
    std::vector<testing::HandledLine> handled() const;
    std::int64_t committed_at(std::uint64_t sequence) const;
    static std::int64_t began_at(const testing::HandledLine& line);

private:
    void on_engine_log(int, const std::string&) override {}
    void on_plugin_log(const std::string&, int, const std::string&, core::Sequence) override {}
    void on_plugin_output(const std::string&, bool, const std::string&) override {}
    void on_plugin_state(const core::PluginStatus&) override {}
    void on_crash(const core::CrashReport&) override {}

    testing::TemporaryDirectory home_;
    core::SystemClock clock_;
    boost::asio::io_context io_;
    std::unique_ptr<core::Journal> journal_;
    core::Journal::Subscription committed_;
    std::unique_ptr<core::Engine> engine_;
    std::uint64_t appended_ = 0;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, std::int64_t> committed_at_;
};

}  // namespace foley::bench
