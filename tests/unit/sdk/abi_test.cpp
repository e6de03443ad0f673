#include <foley/testing.hpp>

#include <catch2/catch.hpp>

extern "C" {
int foley_c_plugin(const foley_host* host, foley_plugin* plugin);
int foley_c_calls(void);
}

using namespace foley;

TEST_CASE("a plugin can be written in C", "[sdk][abi]") {
    testing::Plugin plugin(&foley_c_plugin);
    CHECK(plugin.callbacks().at(0).name == "in_c");
    CHECK(plugin.start().kind() == Outcome::Kind::done);
    CHECK(plugin.deliver(testing::plain_event("{}")).at(0).outcome.kind() == Outcome::Kind::done);
    CHECK(plugin.deliver(testing::plain_event(R"({"type": "ignore"})")).at(0).outcome.kind() == Outcome::Kind::ignored);
    CHECK(foley_c_calls() == 2);
}

TEST_CASE("a plugin that was built with the header of ABI 1.0 loads and runs", "[sdk][abi]") {
    testing::Plugin plugin(std::filesystem::path(FOLEY_TEST_ABI_1_0));
    CHECK(plugin.sdk_version() == "abi-1.0");
    CHECK(plugin.callbacks().at(0).filter.type.texts() == std::vector<std::string>{"abi.*"});
    CHECK(plugin.settings().at(0).name == "greeting");
    REQUIRE(plugin.set("greeting", "Good evening").start().kind() == Outcome::Kind::done);
    const auto results = plugin.deliver(testing::plain_event(R"({"type": "abi.test", "id": "e-1"})"));
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome.kind() == Outcome::Kind::ignored);
    CHECK(results[0].outcome.why() == "e-1 seen");
    CHECK(plugin.logged(R"({"greeting":"Good evening"})"));
    CHECK(plugin.state().at("last") == "e-1");
}

// What stands where is a promise: see the conventions in abi.h.
TEST_CASE("the layout of ABI 1.0 stays as it was released", "[sdk][abi]") {
    CHECK(sizeof(foley_text) == 16);
    CHECK(offsetof(foley_event, payload) == 72);
    CHECK(offsetof(foley_event, attempt) == 120);
    CHECK(offsetof(foley_outcome, why) == 24);
    CHECK(offsetof(foley_filter, exclude_project) == 88);
    CHECK(offsetof(foley_callback, call) == 56);
    CHECK(offsetof(foley_setting, choices) == 96);
    CHECK(offsetof(foley_host, reply) == 112);
    CHECK(offsetof(foley_plugin, stop) == 56);
}
