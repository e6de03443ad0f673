#include "tests/unit/engine/engine_fixture.hpp"

#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

namespace foley::core {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

EngineFixture::EngineFixture() {
    std::string name = (fs::temp_directory_path() / "foley-engine-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    home = name;
    fs::create_directories(home / "plugins");
    fs::create_directories(home / "state");
    options.state_directory = home / "state";
    options.host_program = FOLEY_HOST_PROGRAM;
    options.symbolizer_program = FOLEY_SYMBOLIZER_PROGRAM;
    options.directories = {{home / "plugins", false}};
    options.settle = 20ms;
    options.rescan = 200ms;
    options.defaults.start = StartEarliest{};
}

EngineFixture::~EngineFixture() {
    engine.reset();
    io.restart();
    io.poll();
    journal.reset();
    fs::remove_all(home);
}

void EngineFixture::start() {
    for (const char* name : {"a", "b", "c", "d"}) {
        PluginOptions& plugin = options.plugins.try_emplace(name, options.defaults).first->second;
        plugin.environment = {"PROBE_FILE=" + (home / (std::string(name) + ".txt")).string(),
                              "PROBE_WORLD=" + (home / "world").string()};
        plugin.limits.memory = 0;
    }
    SqliteJournalOptions journal_options;
    journal_options.file = home / "state" / "journal.db";
    if (!journal) journal = open_sqlite_journal(journal_options);
    engine = std::make_unique<Engine>(io, *journal, clock_, options, *this);
    engine->start();
}

void EngineFixture::stop() {
    bool done = false;
    engine->shut_down([&] { done = true; });
    await("the engine's end", [&] { return done; });
    engine.reset();
    io.restart();
    io.poll();
    journal->close();
    journal.reset();
}

void EngineFixture::install(const std::string& build, const std::string& name) {
    const fs::path target = home / "plugins" / (name + ".so");
    const fs::path beside = home / "plugins" / (name + ".new");
    fs::copy_file(fs::path(FOLEY_PROBE_DIRECTORY) / ("probe_" + build + ".so"), beside,
                  fs::copy_options::overwrite_existing);
    fs::permissions(beside, fs::perms::group_write | fs::perms::others_write, fs::perm_options::remove);
    fs::rename(beside, target);
}

void EngineFixture::remove(const std::string& name) {
    fs::remove(home / "plugins" / (name + ".so"));
}

std::uint64_t EngineFixture::emit(const std::string& payload, const std::string& entity, const std::string& type,
                                  std::optional<Timestamp> deadline) {
    Event event;
    event.source = "test";
    event.id = "e" + std::to_string(++emitted_);
    event.type = type;
    event.changes.push_back({"Shot", entity, "status", "update"});
    event.received_at = clock_.now();
    event.deadline = deadline;
    event.payload = "{\"do\":\"" + payload + "\"}";
    journal->append("test", std::span(&event, 1));
    return event.sequence.value;
}

PluginStatus EngineFixture::plugin(const std::string& name) const {
    for (PluginStatus& status : engine->plugins()) {
        if (status.name == name) return std::move(status);
    }
    PluginStatus none;
    none.state = PluginState::absent;
    return none;
}

void EngineFixture::await(const std::string& what, const std::function<bool()>& condition) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    constexpr auto kPatience = 120s;
#else
    constexpr auto kPatience = 30s;
#endif
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            std::string all = "waited in vain for " + what + "\n";
            for (const std::string& line : log)
                all += line + "\n";
            if (engine) {
                for (const PluginStatus& status : engine->plugins()) {
                    all += status.name + ": " + std::string(to_string(status.state)) + " " + status.reason +
                           " position " + std::to_string(status.consumer.position.value) + "\n";
                }
            }
            FAIL(all);
        }
        io.restart();
        io.run_one_for(5ms);
        io.poll();
    }
}

void EngineFixture::await_state(const std::string& name, PluginState state) {
    await(name + " " + std::string(to_string(state)), [&] { return plugin(name).state == state; });
}

void EngineFixture::await_caught_up(const std::string& name) {
    await(name + " to catch up", [&] { return plugin(name).consumer.position == journal->info().head; });
}

std::string EngineFixture::by_hand(const std::function<void(Engine::Done)>& call) {
    auto answer = std::make_shared<std::optional<std::string>>();
    call([answer](std::string error) { *answer = std::move(error); });
    await("an answer", [&] { return answer->has_value(); });
    return **answer;
}

std::vector<std::string> EngineFixture::lines(const std::string& name) const {
    std::vector<std::string> all;
    std::ifstream file(home / (name + ".txt"));
    for (std::string line; std::getline(file, line);)
        all.push_back(line);
    return all;
}

void EngineFixture::make_world() {
    std::ofstream(home / "world") << "here\n";
}

void EngineFixture::on_engine_log(int level, const std::string& text) {
    log.push_back(std::to_string(level) + " " + text);
}
void EngineFixture::on_plugin_log(const std::string& plugin, int level, const std::string& text, Sequence) {
    log.push_back(std::to_string(level) + " " + plugin + "> " + text);
}
void EngineFixture::on_plugin_output(const std::string& plugin, bool, const std::string& line) {
    log.push_back(plugin + "| " + line);
}
void EngineFixture::on_plugin_state(const PluginStatus& status) {
    log.push_back(status.name + " is " + std::string(to_string(status.state)) + " " + status.reason);
}
void EngineFixture::on_crash(const CrashReport& report) {
    crashes.push_back(report);
}

}  // namespace foley::core
