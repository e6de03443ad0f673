// Hosts that break the protocol are ended; the daemon is not impressed.
#include "tests/unit/hosting/host_fixture.hpp"

using namespace foley::core;

namespace {

class BreakFixture : public HostFixture {
public:
    const HostExit& exit_of(const std::string& how) {
        HostSpec fake = spec(how);
        fake.program = FOLEY_FAKE_HOST;
        spawn(fake);
        return await_exit();
    }
};

}  // namespace

TEST_CASE_METHOD(BreakFixture, "a host that breaks the protocol is killed, with the reason", "[hosting][protocol]") {
    const auto [how, why] = GENERATE(table<std::string, std::string>({
        {"garbage", "broke the host protocol: a frame"},
        {"huge_frame", "broke the host protocol: a frame of type 68 announces 2147483647 bytes"},
        {"unknown_type", "broke the host protocol: a frame has the unknown type 127"},
        {"wrong_way", "broke the host protocol: a frame has the unknown type 5"},
        {"hello_twice", "broke the host protocol: said hello twice"},
        {"unknown_delivery", "broke the host protocol: an outcome names delivery 99 of event 0, which"},
        {"early_outcome", "broke the host protocol: outcomes came before hello"},
        {"early_drained", "broke the host protocol: said that it is drained when it was not asked to"},
        {"other_version", "broke the host protocol: the host speaks version 9 of the host protocol"},
        {"default_is_no_json", "broke the host protocol: the setting poll: default_value is not JSON"},
        {"invented_return", "broke the host protocol: handed back delivery 7, which it does not have"},
        {"uninvited_timings", "broke the host protocol: sent timings that nobody asked for"},
    }));
    CAPTURE(how);
    const HostExit& exit = exit_of(how);
    REQUIRE(exit.reason == HostExit::Reason::protocol);
    REQUIRE(is_crash(exit.reason));
    REQUIRE_THAT(exit.why, Catch::Matchers::StartsWith(why));
}

TEST_CASE_METHOD(BreakFixture, "a host that ends before it says anything is a crash", "[hosting][protocol]") {
    REQUIRE(exit_of("leaves").reason == HostExit::Reason::crashed);
}

TEST_CASE_METHOD(BreakFixture, "a host that hangs up and stays is killed", "[hosting][protocol]") {
    REQUIRE(exit_of("closes").reason == HostExit::Reason::crashed);
    REQUIRE(exit_->why == "the plugin closed the host's descriptors");
}
