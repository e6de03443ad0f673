// The `timings` frame: how long callbacks took.
#include "core/hosting/protocol.hpp"

namespace foley::core {
namespace {

constexpr std::size_t kTimingSize = 8 + 4 + 8 + 8 + 1;
constexpr std::uint8_t kLastOutcomeCode = static_cast<std::uint8_t>(OutcomeCode::again_after);

}  // namespace

void encode_timings(std::string& out, std::span<const CallTiming> timings) {
    WireWriter writer(out);
    writer.u32(static_cast<std::uint32_t>(4 + timings.size() * kTimingSize));
    writer.u8(static_cast<std::uint8_t>(FrameType::timings));
    writer.count(timings.size());
    for (const CallTiming& timing : timings) {
        writer.u64(timing.delivery);
        writer.u32(timing.callback);
        writer.i64(timing.start.time_since_epoch().count());
        writer.i64(timing.duration.count());
        writer.u8(static_cast<std::uint8_t>(timing.code));
    }
}

std::vector<CallTiming> decode_timings(std::string_view body) {
    WireReader reader(body);
    std::vector<CallTiming> timings(reader.count(kTimingSize));
    for (CallTiming& timing : timings) {
        timing.delivery = reader.u64();
        timing.callback = reader.u32();
        timing.start = Timestamp{std::chrono::microseconds{reader.i64()}};
        timing.duration = std::chrono::microseconds{reader.i64()};
        if (timing.duration.count() < 0) throw ProtocolError("a callback took less than no time");
        timing.code = OutcomeCode{reader.at_most(kLastOutcomeCode)};
    }
    reader.end();
    return timings;
}

}  // namespace foley::core
