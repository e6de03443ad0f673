// Replies that cannot be sent: the log says the true reason.
#include "tests/unit/engine/engine_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace foley::core;
using namespace std::chrono_literals;

namespace {

// A source in a state that takes no replies.
class DeafSource final : public Source {
public:
    explicit DeafSource(SourceState state) : state_(state) {}
    const std::string& name() const noexcept override { return name_; }
    const std::string& site() const noexcept override { return site_; }
    void start() override {}
    void stop() override {}
    void join() override {}
    void pause(bool /*paused*/) override {}
    SourceStatus status() const override {
        SourceStatus status;
        status.name = name_;
        status.state = state_;
        return status;
    }
    bool reply(const Event& /*event*/, std::string_view /*json*/) override { return false; }

private:
    const std::string name_ = "test", site_;
    const SourceState state_;
};

class ReplyFixture : public EngineFixture {
public:
    void await_line(const std::string& line) {
        await(line, [&] { return std::find(log.begin(), log.end(), line) != log.end(); });
    }
    void ask() { emit("answer", "e", "probe.x", SystemClock().now() + 60s); }
};

}  // namespace

TEST_CASE_METHOD(ReplyFixture, "a reply that was not sent says why", "[engine][reply]") {
    install("one", "a");
    start();
    const auto [state, why] = GENERATE(table<std::optional<SourceState>, std::string>({
        {std::nullopt, "there is no source test"},
        {SourceState::waiting, "the source test is waiting"},
        {SourceState::live, "the source test cannot reply to it"},
    }));
    if (state) engine->add_source(std::make_unique<DeafSource>(*state));
    ask();
    await_line("2 the reply to event 1 was not sent: " + why);
}
