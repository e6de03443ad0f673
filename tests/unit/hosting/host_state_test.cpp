// The key-value store as a callback sees it.
#include "tests/unit/hosting/host_fixture.hpp"

using namespace foley::core;

TEST_CASE_METHOD(HostFixture, "a callback reads what is stored", "[hosting][state]") {
    store_["colour"] = "green";
    start();
    await_outcome(deliver("get:colour"));
    await_outcome(deliver("get:shape"));
    REQUIRE(logged("colour is green"));
    REQUIRE(logged("shape is absent (2)"));
}

TEST_CASE_METHOD(HostFixture, "writes travel with the outcome, and reads see them before", "[hosting][state]") {
    start();
    const auto outcome = await_outcome(deliver("put:colour=red", "get:colour", {0, 1}));
    REQUIRE(logged("colour is red"));
    REQUIRE(outcome.code == OutcomeCode::done);
    REQUIRE(outcome.needs_settle());
    REQUIRE(outcome.writes.size() == 1);
    REQUIRE(outcome.writes[0].first == "colour");
    REQUIRE(outcome.writes[0].second == "red");
}

TEST_CASE_METHOD(HostFixture, "after writes the host waits to be settled and keeps what it has", "[hosting][state]") {
    start();
    const auto first = deliver("put:a=1");
    const auto second = deliver("get:a");
    await_outcome(first);
    settle_loop();
    REQUIRE(returned_.empty());
    REQUIRE_FALSE(outcomes_.contains(second));
    host_->settle();
    await_outcome(second);
    REQUIRE(logged("a is 1"));
}

TEST_CASE_METHOD(HostFixture, "the writes of a callback that fails are dropped, those of finished ones kept",
                 "[hosting][state]") {
    start();
    const auto outcome = await_outcome(deliver("put:kept=1", "put_and_fail:dropped=1", {0, 1}));
    REQUIRE(outcome.code == OutcomeCode::failed);
    REQUIRE(outcome.writes.size() == 1);
    REQUIRE(outcome.writes[0].first == "kept");
}

TEST_CASE_METHOD(HostFixture, "a list shows what is stored with the callback's own writes over it",
                 "[hosting][state]") {
    store_ = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
    start();
    await_outcome(deliver("put_and_list:bb=new"));
    REQUIRE(logged("list a=1;b=2;bb=new;c=3;"));
    host_->settle();
    await_outcome(deliver("put_and_list:b"));
    REQUIRE(logged("list a=1;bb=new;c=3;"));
}

TEST_CASE_METHOD(HostFixture, "what on_start writes comes as an outcome of no delivery, before it has started",
                 "[hosting][state]") {
    start(R"({"start": "put:born=yes"})");
    REQUIRE(started_->code == OutcomeCode::done);
    REQUIRE(outcomes_.contains(0));
    REQUIRE(outcomes_[0].writes[0].first == "born");
    const auto first = deliver("get:born");
    host_->settle();
    await_outcome(first);
    REQUIRE(logged("born is yes"));
}

TEST_CASE_METHOD(HostFixture, "the store is closed in on_stop", "[hosting][state]") {
    start(R"({"stop": "put:late=1"})");
    host_->stop(20s);
    await_exit();
    REQUIRE(logged("put: 3"));
}
