// How long callbacks took, as the host reports it.
#include "core/hosting/protocol.hpp"
#include "tests/unit/hosting/host_fixture.hpp"

using namespace foley::core;

TEST_CASE_METHOD(HostFixture,
                 "a host that is asked tells of each callback of an event when it began and how long it took",
                 "[hosting][timings]") {
    timings_wanted_ = true;
    policies_ = {OnError::skip, OnError::disable, OnError::disable};
    start();
    const Timestamp before = SystemClock().now();
    const auto slow = deliver("sleep:30");
    const auto failed = deliver("fail", "done", {0, 1});
    await_outcome(failed);
    REQUIRE(timings_.size() == 3);
    CHECK(timings_[0].delivery == slow);
    CHECK(timings_[0].duration >= 30ms);
    CHECK(timings_[0].start >= before);
    CHECK(timings_[0].code == OutcomeCode::done);
    CHECK(timings_[1].delivery == failed);
    CHECK(timings_[1].callback == 0);
    CHECK(timings_[1].code == OutcomeCode::failed);
    CHECK(timings_[2].callback == 1);
    CHECK(timings_[2].code == OutcomeCode::done);
    CHECK(timings_[2].start >= timings_[1].start);
    host_->settle();
    await_outcome(host_->tick(2));
    CHECK(timings_.size() == 3);  // timers are not told
}

TEST_CASE_METHOD(HostFixture, "a host that is not asked tells no times", "[hosting][timings]") {
    start();
    await_outcome(deliver("done"));
    CHECK(timings_.empty());
}

TEST_CASE_METHOD(HostFixture, "a host that dies in a callback leaves when that began", "[hosting][timings]") {
    timings_wanted_ = true;
    start();
    const auto before = std::chrono::steady_clock::now();
    deliver("segfault");
    const HostExit& exit = await_exit();
    REQUIRE(exit.running_since);
    CHECK(*exit.running_since >= before);
    CHECK(*exit.running_since <= std::chrono::steady_clock::now());
}

TEST_CASE("a timings frame is read as it was written, and nothing else is one", "[hosting][timings]") {
    const std::vector<CallTiming> sent{{1, 2, Timestamp(5us), 7us, OutcomeCode::hold}, {3, 0, Timestamp(6us), 0us, {}}};
    std::string bytes;
    encode_timings(bytes, sent);
    FrameSplitter splitter(true);
    splitter.append(bytes);
    const auto frame = splitter.next();
    REQUIRE(frame);
    REQUIRE(frame->type == FrameType::timings);
    const auto read = decode_timings(frame->body);
    REQUIRE(read.size() == 2);
    CHECK(read[0].delivery == 1);
    CHECK(read[0].callback == 2);
    CHECK(read[0].start == Timestamp(5us));
    CHECK(read[0].duration == 7us);
    CHECK(read[0].code == OutcomeCode::hold);
    CHECK_THROWS_AS(decode_timings(frame->body.substr(1)), ProtocolError);
    std::string body(frame->body);
    body.back() = 9;  // no code
    CHECK_THROWS_AS(decode_timings(body), ProtocolError);
    CHECK_THROWS_AS(decode_timings(body + "x"), ProtocolError);
}
