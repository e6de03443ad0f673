// Settings whose check takes long, as when a secret lies on a dead mount.
#include "tests/unit/engine/engine_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <future>

using namespace foley::core;
using namespace std::chrono_literals;

namespace {

// A check of one plugin's settings that waits until it is let go; for all others it is done at once.
class HeldCheck {
public:
    explicit HeldCheck(std::string plugin, std::vector<std::string> problems = {})
        : plugin_(std::move(plugin)), problems_(std::move(problems)) {}
    ~HeldCheck() {
        if (!let_go_) let_go();
    }
    HeldCheck(const HeldCheck&) = delete;
    HeldCheck& operator=(const HeldCheck&) = delete;

    SettingsCheck check() {
        return [this](const std::string& plugin, const std::vector<SettingDeclaration>&) {
            CheckedSettings result;
            if (plugin != plugin_) return result;
            entered = true;
            released_.wait_for(20s);
            result.problems = problems_;
            left = true;
            return result;
        };
    }
    void let_go() {
        let_go_ = true;
        gate_.set_value();
    }

    std::atomic<bool> entered = false, left = false;

private:
    const std::string plugin_;
    const std::vector<std::string> problems_;
    std::promise<void> gate_;
    std::shared_future<void> released_ = gate_.get_future().share();
    bool let_go_ = false;
};

bool told(const std::vector<std::string>& log, const std::string& text) {
    return std::any_of(log.begin(), log.end(),
                       [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE_METHOD(EngineFixture, "settings that take long to read hold up no other plugin", "[engine][settings]") {
    HeldCheck held("a");
    options.check_settings = held.check();
    install("one", "a");
    install("one", "b");
    start();
    emit("done");
    await("the check", [&] { return held.entered.load(); });
    await_state("b", PluginState::running);
    await_caught_up("b");
    CHECK_FALSE(held.left);
    CHECK(plugin("a").state == PluginState::loading);
    held.let_go();
    await_state("a", PluginState::running);
    await_caught_up("a");
    CHECK(lines("a") == std::vector<std::string>{"1 1 1"});
}

TEST_CASE_METHOD(EngineFixture, "a check by a former configuration is not used", "[engine][settings]") {
    HeldCheck former("a", {"wrong before"});
    options.check_settings = former.check();
    install("one", "a");
    start();
    await("the check", [&] { return former.entered.load(); });
    EngineOptions now = options;
    now.plugins["a"].fingerprint = "changed";
    now.check_settings = [](const std::string&, const std::vector<SettingDeclaration>&) { return CheckedSettings{}; };
    engine->reconfigure(now);
    await_state("a", PluginState::running);
    former.let_go();
    await("the former check's end", [&] { return former.left.load(); });
    emit("done");
    await_caught_up("a");
    CHECK(plugin("a").state == PluginState::running);
    CHECK_FALSE(told(log, "wrong before"));
}

TEST_CASE_METHOD(EngineFixture, "a plugin may go, or the engine end, while its settings are checked",
                 "[engine][settings]") {
    HeldCheck held("a", {"wrong"});
    options.check_settings = held.check();
    install("one", "a");
    start();
    await("the check", [&] { return held.entered.load(); });
    SECTION("its file is removed") {
        remove("a");
        await_state("a", PluginState::absent);
        held.let_go();
        await("the check's end", [&] { return held.left.load(); });
    }
    SECTION("the engine ends") {
        bool ended = false;
        engine->shut_down([&] { ended = true; });
        await("the end", [&] { return ended; });
        held.let_go();
        engine.reset();  // waits for the check
        io.restart();
        io.poll();
    }
    CHECK_FALSE(told(log, "its settings are wrong"));
}

TEST_CASE_METHOD(EngineFixture, "wrong settings refuse the plugin with every sentence", "[engine][settings]") {
    options.check_settings = [](const std::string&, const std::vector<SettingDeclaration>&) {
        return CheckedSettings{"{}", {"one is wrong", "two is wrong"}};
    };
    install("one", "a");
    start();
    await_state("a", PluginState::refused);
    CHECK(plugin("a").reason == "its settings are wrong: one is wrong; two is wrong");
}
