// Frames: there and back, and what is no frame.
#include "core/hosting/protocol.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <random>

using namespace foley::core;
using namespace std::chrono_literals;

namespace {

std::string body_of(const std::string& frames, bool from_host, FrameType type) {
    FrameSplitter splitter(from_host);
    splitter.append(frames);
    const auto frame = splitter.next();
    REQUIRE(frame);
    REQUIRE(frame->type == type);
    return std::string(frame->body);
}

Event sample_event() {
    Event event;
    event.sequence = Sequence{4711};
    event.source = "studio";
    event.id = "e-1";
    event.kind = EventKind::gap;
    event.shape = Shape::ftrack;
    event.type = "ftrack.update";
    event.received_at = Timestamp{123456us};
    event.deadline = Timestamp{99us};
    event.payload = "{\"a\": 1}";
    return event;
}

Hello sample_hello() {
    Hello hello{
        .abi_major = 1, .abi_minor = 2, .sdk_version = "0.1", .compiler = "g++", .callbacks = {}, .settings = {}};
    CallbackDeclaration callback;
    callback.name = "on_status";
    callback.kind = CallbackKind::event;
    callback.on_error = OnError::skip;
    callback.filter.type = {"a", "b*"};
    callback.filter.exclude_project = {"secret"};
    hello.callbacks.push_back(callback);
    callback.kind = CallbackKind::timer;
    callback.interval = 5s;
    callback.on_error.reset();
    hello.callbacks.push_back(callback);
    hello.settings.push_back({.name = "mode",
                              .type = SettingType::choice,
                              .required = true,
                              .description = "which",
                              .default_value = "",
                              .minimum = "",
                              .maximum = "",
                              .choices = {"x", "y"}});
    return hello;
}

std::vector<HostOutcome> sample_outcomes() {
    HostOutcome outcome;
    outcome.delivery = 5;
    outcome.sequence = Sequence{50};
    outcome.code = OutcomeCode::retry_after;
    outcome.callback = 3;
    outcome.backoff = true;
    outcome.delay = 7s;
    outcome.why = "not yet";
    outcome.finished_callbacks = {1, 2};
    outcome.writes = {{"k", "v"}, {"gone", std::nullopt}};
    return {outcome, HostOutcome{}};
}

// Every decoder, so that a test can throw anything at all of them.
const std::vector<std::function<void(std::string_view)>>& decoders() {
    static const std::vector<std::function<void(std::string_view)>> all{
        decode_configure, decode_start,   decode_event,     decode_timer,      decode_state_value, decode_state_pairs,
        decode_hello,     decode_text,    decode_log,       decode_reply,      decode_started,     decode_outcomes,
        decode_returned,  decode_timings, decode_state_get, decode_state_list, decode_empty};
    return all;
}

std::vector<std::string> sample_bodies() {
    std::vector<std::string> frames(8);
    const std::vector<std::uint32_t> callbacks{0, 4};
    encode_event(frames[0], 9, sample_event(), callbacks, 2, "site");
    encode_hello(frames[1], sample_hello());
    encode_outcomes(frames[2], sample_outcomes());
    encode(frames[3], StartFrame{"page", "{}", "[]", true, true, {OnError::skip, OnError::retry}});
    encode(frames[4], ConfigureFrame{.plugin = "p", .library = "l.so", .memory = 1, .files = 2});
    encode(frames[5], StateValueFrame{1, "v"});
    const std::vector<std::pair<std::string, std::string>> pairs{{"a", "1"}, {"b", "2"}};
    encode_state_pairs(frames[6], 3, pairs);
    const CallTiming timing{1, 2, Timestamp(3us), 4us, OutcomeCode::failed};
    encode_timings(frames[7], {&timing, 1});
    for (std::string& frame : frames)
        frame.erase(0, 5);
    return frames;
}

}  // namespace

TEST_CASE("an event goes through a frame whole", "[hosting][protocol]") {
    std::string frame;
    const std::vector<std::uint32_t> callbacks{0, 4};
    encode_event(frame, 9, sample_event(), callbacks, 2, "site");
    const std::string body = body_of(frame, false, FrameType::event);
    const EventFrame event = decode_event(body);
    REQUIRE(event.delivery == 9);
    REQUIRE(event.sequence == Sequence{4711});
    REQUIRE(event.attempt == 2);
    REQUIRE(event.kind == EventKind::gap);
    REQUIRE(event.shape == Shape::ftrack);
    REQUIRE(event.deadline == 99);
    REQUIRE(event.payload == "{\"a\": 1}");
    REQUIRE(event.site == "site");
    REQUIRE(event.callbacks == callbacks);
}

TEST_CASE("a declaration goes through a frame whole", "[hosting][protocol]") {
    std::string frame;
    encode_hello(frame, sample_hello());
    const Hello hello = decode_hello(body_of(frame, true, FrameType::hello));
    REQUIRE(hello.callbacks.size() == 2);
    REQUIRE(hello.callbacks[0].filter == sample_hello().callbacks[0].filter);
    REQUIRE(hello.callbacks[0].on_error == OnError::skip);
    REQUIRE(hello.callbacks[1].interval == 5s);
    REQUIRE_FALSE(hello.callbacks[1].on_error);
    REQUIRE(hello.settings[0].choices == std::vector<std::string>{"x", "y"});
}

TEST_CASE("outcomes go through a frame whole", "[hosting][protocol]") {
    std::string frame;
    encode_outcomes(frame, sample_outcomes());
    const auto outcomes = decode_outcomes(body_of(frame, true, FrameType::outcomes));
    REQUIRE(outcomes.size() == 2);
    REQUIRE(outcomes[0].code == OutcomeCode::retry_after);
    REQUIRE(outcomes[0].backoff);
    REQUIRE(outcomes[0].delay == 7s);
    REQUIRE(outcomes[0].finished_callbacks == std::vector<std::uint32_t>{1, 2});
    REQUIRE(outcomes[0].writes == sample_outcomes()[0].writes);
}

TEST_CASE("a list that does not fit a frame is cut and says so", "[hosting][protocol]") {
    const std::vector<std::pair<std::string, std::string>> pairs(10, {"key", std::string(1000000, 'x')});
    std::string frame;
    encode_state_pairs(frame, 1, pairs);
    const StatePairsFrame decoded = decode_state_pairs(body_of(frame, false, FrameType::state_pairs));
    REQUIRE(decoded.more);
    REQUIRE(decoded.pairs.size() == 4);
}

TEST_CASE("an event that is too large for a frame is refused where it is sent", "[hosting][protocol]") {
    Event event;
    event.payload.assign(std::size_t{25} << 20, 'x');
    std::string frame;
    REQUIRE_THROWS_AS(encode_event(frame, 1, event, {}, 1, ""), std::length_error);
    REQUIRE(frame.empty());
}

TEST_CASE("frames come out of a stream however it is cut", "[hosting][protocol]") {
    std::string stream;
    for (int i = 0; i < 50; ++i)
        encode_text(stream, FrameType::progress, std::string(static_cast<std::size_t>(i), 'a'));
    for (const std::size_t piece : {1UL, 3UL, 7UL, 100UL, 10000UL}) {
        FrameSplitter splitter(true);
        int frames = 0;
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            splitter.append(std::string_view(stream).substr(at, piece));
            while (const auto frame = splitter.next()) {
                REQUIRE(decode_text(frame->body).size() == static_cast<std::size_t>(frames));
                ++frames;
            }
        }
        REQUIRE(frames == 50);
    }
}

TEST_CASE("every frame that is cut short or longer than it says is an error and nothing worse", "[hosting][protocol]") {
    for (const std::string& body : sample_bodies()) {
        for (const auto& decode : decoders()) {
            for (std::size_t size = 0; size < body.size(); ++size) {
                try {
                    decode(std::string_view(body).substr(0, size));
                } catch (const ProtocolError&) {  // NOLINT(bugprone-empty-catch): the point is that it is only this
                }
            }
        }
    }
    const auto bodies = sample_bodies();
    REQUIRE_THROWS_AS(decode_event(bodies[0] + "x"), ProtocolError);
    REQUIRE_THROWS_AS(decode_event(std::string_view(bodies[0]).substr(0, bodies[0].size() - 1)), ProtocolError);
}

TEST_CASE("random and damaged bytes are errors and nothing worse", "[hosting][protocol][fuzz]") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto bodies = sample_bodies();
    for (int round = 0; round < 3000; ++round) {
        std::string bytes = bodies[random() % bodies.size()];
        if (round % 3 == 0) {
            bytes.resize(random() % 200);
            for (char& byte : bytes)
                byte = static_cast<char>(random());
        } else {
            for (auto hits = random() % 5 + 1; hits > 0; --hits)
                bytes[random() % bytes.size()] = static_cast<char>(random());
        }
        for (const auto& decode : decoders()) {
            try {
                decode(bytes);
            } catch (const ProtocolError&) {  // NOLINT(bugprone-empty-catch): the point is that it is only this
            }
        }
        FrameSplitter splitter(round % 2 == 0);
        try {
            splitter.append(bytes);
            while (splitter.next()) {
            }
        } catch (const ProtocolError&) {  // NOLINT(bugprone-empty-catch): see above
        }
    }
}
