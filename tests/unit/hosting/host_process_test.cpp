// HostProcess with a real foley-host and a plugin that obeys: the conversation when all goes well.
#include "tests/unit/hosting/host_fixture.hpp"

using namespace foley::core;

TEST_CASE_METHOD(HostFixture, "a host says what its plugin declares", "[hosting][host_process]") {
    spawn("obedient");
    await_hello();
    REQUIRE(hello_->abi_major == 1);
    REQUIRE(hello_->callbacks.size() == 3);
    REQUIRE(hello_->callbacks[0].name == "on_first");
    REQUIRE(hello_->callbacks[2].kind == CallbackKind::timer);
    REQUIRE(hello_->callbacks[2].interval == 1s);
    REQUIRE(hello_->settings.size() == 3);
    REQUIRE(hello_->settings[0].default_value == "\"done\"");
}

TEST_CASE_METHOD(HostFixture, "a host runs what it is given and says what it came to", "[hosting][host_process]") {
    start();
    REQUIRE(started_->code == OutcomeCode::done);
    const auto done = deliver("done");
    const auto ignored = deliver("ignored");
    REQUIRE(await_outcome(ignored).code == OutcomeCode::ignored);
    REQUIRE(await_outcome(ignored).why == "not mine");
    REQUIRE(await_outcome(done).code == OutcomeCode::done);
    REQUIRE(await_outcome(done).sequence == Sequence{100});
    REQUIRE(await_outcome(done).finished_callbacks == std::vector<std::uint32_t>{0});

    host_->stop(10s);
    REQUIRE(await_exit().reason == HostExit::Reason::stopped);
    REQUIRE(exit_->survey.finished == std::vector<Sequence>{Sequence{100}, Sequence{101}});
    REQUIRE_FALSE(exit_->survey.running);
}
