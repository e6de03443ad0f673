#include "bench/own_engine.hpp"

#include "bench/measure.hpp"
#include "integration/harness/daemon.hpp"
#include "integration/harness/program.hpp"

#include "core/journal/sqlite/sqlite_journal.hpp"

#include <foley/json.hpp>

#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>

namespace foley::bench {

using namespace foley::testing;
using namespace std::chrono_literals;

OwnEngine::OwnEngine() : home_(build_directory()) {
    for (const char* name : {"plugins", "state"})
        std::filesystem::create_directories(home_.path() / name);
    install(1);
    core::SqliteJournalOptions journal;
    journal.file = home_.path() / "state" / "journal.sqlite";
    journal_ = core::open_sqlite_journal(journal);
    committed_ = journal_->on_append([this](core::Sequence head) {
        const std::lock_guard lock(mutex_);
        committed_at_[head.value] = now_ns();
    });
    core::EngineOptions options;
    options.state_directory = home_.path() / "state";
    options.host_program = program("foley-host");
    options.symbolizer_program = program("foley-symbolizer");
    options.directories = {{.path = home_.path() / "plugins"}};
    options.settle = kSettle;
    options.rescan = 30s;
    options.defaults.start = core::StartEarliest{};
    options.check_settings = [this](const std::string&, const std::vector<core::SettingDeclaration>&) {
        return core::CheckedSettings{
            R"({"stamps": true, "file": )" + json::quote((home_.path() / "lines").string()) + "}", {}};
    };
    engine_ = std::make_unique<core::Engine>(io_, *journal_, clock_, options, *this);
    engine_->start();
    run_until([this] {
        const auto plugins = engine_->plugins();
        return !plugins.empty() && plugins.front().state == core::PluginState::running;
    });
}

OwnEngine::~OwnEngine() {
    engine_.reset();
    io_.restart();
    io_.poll();
    committed_.reset();
    journal_.reset();
}

void OwnEngine::install(unsigned build) const {
    const auto file = home_.path() / "plugins" / "a.so", beside = home_.path() / "a.new";
    const std::string bytes = Daemon::library_bytes(test_plugin("recorder"), build);
    std::ofstream stream(beside, std::ios::binary);
    stream << bytes;
    stream.close();
    if (!stream) throw std::runtime_error("cannot write " + beside.string());
    std::filesystem::rename(beside, file);
}

void OwnEngine::append() {
    core::Event event;
    event.source = "bench";
    event.id = std::to_string(++appended_);
    event.type = "bench.one";
    event.received_at = clock_.now();
    event.payload = "{}";
    journal_->append("bench", std::span(&event, 1));
}

void OwnEngine::run_until(const std::function<bool()>& condition) {
    const auto limit = std::chrono::steady_clock::now() + 5min;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("the engine does not get on");
        io_.restart();
        io_.run_for(20ms);
    }
}

std::uint64_t OwnEngine::position() const {
    return engine_->plugins().front().consumer.position.value;
}

std::vector<HandledLine> OwnEngine::handled() const {
    return Handled(home_.path() / "lines").events();
}

std::int64_t OwnEngine::committed_at(std::uint64_t sequence) const {
    const std::lock_guard lock(mutex_);
    return committed_at_.at(sequence);
}

std::int64_t OwnEngine::began_at(const HandledLine& line) {
    return std::stoll(line.text.substr(line.text.rfind(' ') + 1));
}

}  // namespace foley::bench
