// The host protocol: the frames that go between the daemon and a host. The page is docs/host-protocol.md; numbers
// here are on the wire and must not change within a version.
//
// encode_… append whole frames; decode_… read a frame's body and throw ProtocolError for anything but that.
// Texts of decoded frames that are string_views lie in the body.
#pragma once

#include "core/event/event.hpp"
#include "core/hosting/declarations.hpp"
#include "core/hosting/host_outcome.hpp"
#include "core/hosting/wire.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

inline constexpr std::uint32_t kProtocolVersion = 2;
// Descriptors that a host finds open, besides 0 to 2.
inline constexpr int kHostSocket = 3;
inline constexpr int kHostRecord = 4;

enum class FrameType : std::uint8_t {
    // daemon to host
    configure = 1,
    start = 2,
    event = 3,
    timer = 4,
    settle = 5,
    drain = 6,
    stop = 7,
    state_value = 8,
    state_pairs = 9,
    // host to daemon
    hello = 65,
    refused = 66,
    started = 67,
    outcomes = 68,
    returned = 69,
    log = 70,
    reply = 71,
    state_get = 72,
    state_list = 73,
    progress = 74,
    drained = 75,
    timings = 76,
};

// The longest body of a frame of this type; nothing for a type that is not known.
std::optional<std::uint32_t> max_body(FrameType type) noexcept;

inline constexpr std::size_t kMaxText = 64 * 1024;  // of a log line
inline constexpr std::size_t kMaxWhy = 16 * 1024;   // of an outcome
inline constexpr std::size_t kMaxReply = 1024 * 1024;
inline constexpr std::size_t kMaxKey = 1024;  // of the key-value store
inline constexpr std::size_t kMaxValue = 1024 * 1024;
inline constexpr std::size_t kMaxWrites = 16 * 1024 * 1024;  // keys and values of all writes of one event

struct Frame {
    FrameType type;
    std::string_view body;  // valid until the FrameSplitter is touched again
};

// Cuts a byte stream into frames. `from_host` says whose frames they are.
class FrameSplitter {
public:
    explicit FrameSplitter(bool from_host) noexcept : from_host_(from_host) {}
    void append(std::string_view bytes);
    // Nothing: the next frame is not complete yet. Throws ProtocolError.
    std::optional<Frame> next();

private:
    bool from_host_;
    std::string bytes_;
    std::size_t at_ = 0;
};

// ── daemon to host ───────────────────────────────────────────────────────────────────────────────────────────────

struct ConfigureFrame {
    std::uint32_t version = kProtocolVersion;
    std::string plugin;
    std::string library;
    std::uint64_t memory = 0;  // limits: 0 is none
    std::uint32_t files = 0;
    std::uint32_t processes = 0;
    bool core_dumps = false;
};

struct StartFrame {
    std::string page;
    std::string settings_json;
    std::string sites_json;
    bool dry_run = false;
    bool timings = false;  // report how long each callback of an event took
    std::vector<OnError> callback_policies;
};

struct EventFrame {
    DeliveryNumber delivery = 0;
    Sequence sequence;
    std::uint32_t attempt = 1;
    EventKind kind = EventKind::site;
    Shape shape = Shape::plain;
    Timestamp received_at{};
    std::int64_t deadline = 0;  // microseconds since 1970, 0: nobody waits
    std::string_view source, id, type, site, payload;
    std::vector<std::uint32_t> callbacks;
};

struct TimerFrame {
    DeliveryNumber delivery = 0;
    std::uint32_t callback = 0;
};

struct StateValueFrame {
    std::uint64_t request = 0;
    std::optional<std::string> value;
};

struct StatePairsFrame {
    std::uint64_t request = 0;
    bool more = false;  // the answer was cut to fit a frame; ask on from the last key
    std::vector<std::pair<std::string, std::string>> pairs;
};

void encode(std::string& out, const ConfigureFrame& frame);
void encode(std::string& out, const StartFrame& frame);
// Throws std::length_error when the event does not fit a frame.
void encode_event(std::string& out, DeliveryNumber delivery, const Event& event,
                  std::span<const std::uint32_t> callbacks, std::uint32_t attempt, std::string_view site);
void encode(std::string& out, const TimerFrame& frame);
void encode(std::string& out, const StateValueFrame& frame);
// Takes as many pairs as fit and sets `more` when some did not.
void encode_state_pairs(std::string& out, std::uint64_t request,
                        std::span<const std::pair<std::string, std::string>> pairs);
void encode_empty(std::string& out, FrameType type);  // settle, drain, stop, drained

ConfigureFrame decode_configure(std::string_view body);
StartFrame decode_start(std::string_view body);
EventFrame decode_event(std::string_view body);
TimerFrame decode_timer(std::string_view body);
StateValueFrame decode_state_value(std::string_view body);
StatePairsFrame decode_state_pairs(std::string_view body);
void decode_empty(std::string_view body);

// ── host to daemon ───────────────────────────────────────────────────────────────────────────────────────────────

struct StartedFrame {
    OutcomeCode code = OutcomeCode::done;
    std::chrono::microseconds delay{};
    std::string why;
};

struct ReplyFrame {
    Sequence sequence;
    std::string json;
};

struct StateGetFrame {
    std::uint64_t request = 0;
    std::string key;
};

struct StateListFrame {
    std::uint64_t request = 0;
    std::string prefix, after;
    std::uint32_t limit = 0;
};

void encode_hello(std::string& out, const Hello& hello);
void encode_text(std::string& out, FrameType type, std::string_view text);  // refused, progress
void encode(std::string& out, const StartedFrame& frame);
void encode_outcomes(std::string& out, std::span<const HostOutcome> outcomes);
void encode_timings(std::string& out, std::span<const CallTiming> timings);
void encode_returned(std::string& out, std::span<const DeliveryNumber> deliveries);
void encode_log(std::string& out, int level, Timestamp at, Sequence sequence, std::string_view text);
void encode(std::string& out, const ReplyFrame& frame);
void encode(std::string& out, const StateGetFrame& frame);
void encode(std::string& out, const StateListFrame& frame);

// Throws ProtocolError also for another version of the protocol.
Hello decode_hello(std::string_view body);
std::string decode_text(std::string_view body);
StartedFrame decode_started(std::string_view body);
std::vector<HostOutcome> decode_outcomes(std::string_view body);
std::vector<CallTiming> decode_timings(std::string_view body);
std::vector<DeliveryNumber> decode_returned(std::string_view body);
HostLog decode_log(std::string_view body);
ReplyFrame decode_reply(std::string_view body);
StateGetFrame decode_state_get(std::string_view body);
StateListFrame decode_state_list(std::string_view body);

}  // namespace foley::core
