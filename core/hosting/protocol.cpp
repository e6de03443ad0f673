#include "core/hosting/protocol.hpp"

#include <algorithm>

namespace foley::core {
namespace {

// Writes a frame: the length is filled in when the body is there.
class FrameWriter : public WireWriter {
public:
    FrameWriter(std::string& out, FrameType type) : WireWriter(out), frame_(out), start_(out.size()) {
        u32(0);
        u8(static_cast<std::uint8_t>(type));
    }
    void finish() {
        const std::size_t body = frame_.size() - start_ - 5;
        for (unsigned i = 0; i < 4; ++i)
            frame_[start_ + i] = static_cast<char>((body >> (8 * i)) & 0xff);
    }

private:
    std::string& frame_;
    std::size_t start_;
};

Timestamp timestamp(std::int64_t microseconds) {
    return Timestamp{std::chrono::microseconds{microseconds}};
}

std::chrono::microseconds read_delay(WireReader& reader) {
    const std::int64_t delay = reader.i64();
    if (delay < 0) throw ProtocolError("an outcome has a negative delay");
    return std::chrono::microseconds{delay};
}

constexpr std::uint8_t kLastOutcomeCode = static_cast<std::uint8_t>(OutcomeCode::again_after);
constexpr std::uint8_t kLastOnError = static_cast<std::uint8_t>(OnError::hold);

}  // namespace

void encode_empty(std::string& out, FrameType type) {
    FrameWriter(out, type).finish();
}

void decode_empty(std::string_view body) {
    WireReader(body).end();
}

void encode(std::string& out, const ConfigureFrame& frame) {
    FrameWriter writer(out, FrameType::configure);
    writer.u32(frame.version);
    writer.text(frame.plugin);
    writer.text(frame.library);
    writer.u64(frame.memory);
    writer.u32(frame.files);
    writer.u32(frame.processes);
    writer.boolean(frame.core_dumps);
    writer.finish();
}

ConfigureFrame decode_configure(std::string_view body) {
    WireReader reader(body);
    ConfigureFrame frame;
    frame.version = reader.u32();
    if (frame.version != kProtocolVersion) {
        throw ProtocolError("the daemon speaks version " + std::to_string(frame.version) +
                            " of the host protocol, this host version " + std::to_string(kProtocolVersion) +
                            "; foleyd and foley-host must be of one installation");
    }
    frame.plugin = reader.string();
    frame.library = reader.string();
    frame.memory = reader.u64();
    frame.files = reader.u32();
    frame.processes = reader.u32();
    frame.core_dumps = reader.boolean();
    reader.end();
    return frame;
}

void encode(std::string& out, const StartFrame& frame) {
    FrameWriter writer(out, FrameType::start);
    writer.text(frame.page);
    writer.text(frame.settings_json);
    writer.text(frame.sites_json);
    writer.boolean(frame.dry_run);
    writer.boolean(frame.timings);
    writer.count(frame.callback_policies.size());
    for (const OnError policy : frame.callback_policies)
        writer.u8(static_cast<std::uint8_t>(policy));
    writer.finish();
}

StartFrame decode_start(std::string_view body) {
    WireReader reader(body);
    StartFrame frame;
    frame.page = reader.string();
    frame.settings_json = reader.string();
    frame.sites_json = reader.string();
    frame.dry_run = reader.boolean();
    frame.timings = reader.boolean();
    for (std::uint32_t left = reader.count(1); left > 0; --left) {
        frame.callback_policies.push_back(OnError{reader.at_most(kLastOnError)});
    }
    reader.end();
    return frame;
}

void encode_event(std::string& out, DeliveryNumber delivery, const Event& event,
                  std::span<const std::uint32_t> callbacks, std::uint32_t attempt, std::string_view site) {
    const std::size_t facts =
        event.source.size() + event.id.size() + event.type.size() + site.size() + callbacks.size() * 4 + 128;
    if (facts + event.payload.size() > *max_body(FrameType::event)) {
        throw std::length_error("event " + std::to_string(event.sequence.value) + " is too large for a host");
    }
    FrameWriter writer(out, FrameType::event);
    writer.u64(delivery);
    writer.u64(event.sequence.value);
    writer.u32(attempt);
    writer.u8(static_cast<std::uint8_t>(event.kind));
    writer.u8(static_cast<std::uint8_t>(event.shape));
    writer.i64(event.received_at.time_since_epoch().count());
    writer.i64(event.deadline ? event.deadline->time_since_epoch().count() : 0);
    writer.text(event.source);
    writer.text(event.id);
    writer.text(event.type);
    writer.text(site);
    writer.text(event.payload);
    writer.count(callbacks.size());
    for (const std::uint32_t callback : callbacks)
        writer.u32(callback);
    writer.finish();
}

EventFrame decode_event(std::string_view body) {
    WireReader reader(body);
    EventFrame frame;
    frame.delivery = reader.u64();
    frame.sequence = Sequence{reader.u64()};
    frame.attempt = reader.u32();
    frame.kind = EventKind{reader.at_most(static_cast<std::uint8_t>(EventKind::gap))};
    frame.shape = Shape{reader.at_most(static_cast<std::uint8_t>(Shape::ayon))};
    frame.received_at = timestamp(reader.i64());
    frame.deadline = reader.i64();
    frame.source = reader.text();
    frame.id = reader.text();
    frame.type = reader.text();
    frame.site = reader.text();
    frame.payload = reader.text();
    const std::uint32_t callbacks = reader.count(4);
    frame.callbacks.reserve(callbacks);
    for (std::uint32_t i = 0; i < callbacks; ++i)
        frame.callbacks.push_back(reader.u32());
    reader.end();
    return frame;
}

void encode(std::string& out, const TimerFrame& frame) {
    FrameWriter writer(out, FrameType::timer);
    writer.u64(frame.delivery);
    writer.u32(frame.callback);
    writer.finish();
}

TimerFrame decode_timer(std::string_view body) {
    WireReader reader(body);
    TimerFrame frame;
    frame.delivery = reader.u64();
    frame.callback = reader.u32();
    reader.end();
    return frame;
}

void encode(std::string& out, const StateValueFrame& frame) {
    FrameWriter writer(out, FrameType::state_value);
    writer.u64(frame.request);
    writer.boolean(frame.value.has_value());
    writer.text(frame.value.value_or(std::string()));
    writer.finish();
}

StateValueFrame decode_state_value(std::string_view body) {
    WireReader reader(body);
    StateValueFrame frame;
    frame.request = reader.u64();
    const bool found = reader.boolean();
    std::string value = reader.string();
    if (found) frame.value = std::move(value);
    reader.end();
    return frame;
}

void encode_state_pairs(std::string& out, std::uint64_t request,
                        std::span<const std::pair<std::string, std::string>> pairs) {
    std::size_t room = *max_body(FrameType::state_pairs) - 32;
    std::size_t fitting = 0;
    for (; fitting < pairs.size(); ++fitting) {
        const std::size_t size = pairs[fitting].first.size() + pairs[fitting].second.size() + 8;
        if (size > room) break;
        room -= size;
    }
    FrameWriter writer(out, FrameType::state_pairs);
    writer.u64(request);
    writer.boolean(fitting < pairs.size());
    writer.count(fitting);
    for (const auto& [key, value] : pairs.first(fitting)) {
        writer.text(key);
        writer.text(value);
    }
    writer.finish();
}

StatePairsFrame decode_state_pairs(std::string_view body) {
    WireReader reader(body);
    StatePairsFrame frame;
    frame.request = reader.u64();
    frame.more = reader.boolean();
    for (std::uint32_t left = reader.count(8); left > 0; --left) {
        std::string key = reader.string();
        frame.pairs.emplace_back(std::move(key), reader.string());
    }
    reader.end();
    return frame;
}

void encode_text(std::string& out, FrameType type, std::string_view text) {
    FrameWriter writer(out, type);
    writer.text(text.substr(0, *max_body(type) - 4));
    writer.finish();
}

std::string decode_text(std::string_view body) {
    WireReader reader(body);
    std::string text = reader.string();
    reader.end();
    return text;
}

void encode(std::string& out, const StartedFrame& frame) {
    FrameWriter writer(out, FrameType::started);
    writer.u8(static_cast<std::uint8_t>(frame.code));
    writer.i64(frame.delay.count());
    writer.text(std::string_view(frame.why).substr(0, kMaxWhy));
    writer.finish();
}

StartedFrame decode_started(std::string_view body) {
    WireReader reader(body);
    StartedFrame frame;
    frame.code = OutcomeCode{reader.at_most(kLastOutcomeCode)};
    frame.delay = read_delay(reader);
    frame.why = reader.string();
    reader.end();
    return frame;
}

void encode_outcomes(std::string& out, std::span<const HostOutcome> outcomes) {
    FrameWriter writer(out, FrameType::outcomes);
    writer.count(outcomes.size());
    for (const HostOutcome& outcome : outcomes) {
        writer.u64(outcome.delivery);
        writer.u64(outcome.sequence.value);
        writer.u8(static_cast<std::uint8_t>(outcome.code));
        writer.u32(outcome.callback);
        writer.boolean(outcome.backoff);
        writer.i64(outcome.delay.count());
        writer.text(std::string_view(outcome.why).substr(0, kMaxWhy));
        writer.count(outcome.finished_callbacks.size());
        for (const std::uint32_t callback : outcome.finished_callbacks)
            writer.u32(callback);
        writer.count(outcome.writes.size());
        for (const auto& [key, value] : outcome.writes) {
            writer.text(key);
            writer.boolean(value.has_value());
            writer.text(value ? std::string_view(*value) : std::string_view());
        }
    }
    writer.finish();
}

std::vector<HostOutcome> decode_outcomes(std::string_view body) {
    WireReader reader(body);
    std::vector<HostOutcome> outcomes(reader.count(42));
    for (HostOutcome& outcome : outcomes) {
        outcome.delivery = reader.u64();
        outcome.sequence = Sequence{reader.u64()};
        outcome.code = OutcomeCode{reader.at_most(kLastOutcomeCode)};
        outcome.callback = reader.u32();
        outcome.backoff = reader.boolean();
        outcome.delay = read_delay(reader);
        outcome.why = reader.string();
        for (std::uint32_t left = reader.count(4); left > 0; --left)
            outcome.finished_callbacks.push_back(reader.u32());
        for (std::uint32_t left = reader.count(9); left > 0; --left) {
            std::string key = reader.string();
            if (key.empty() || key.size() > kMaxKey) throw ProtocolError("a write has a key of a wrong length");
            const bool keeps = reader.boolean();
            std::string value = reader.string();
            if (value.size() > kMaxValue) throw ProtocolError("a write has a value over 1 MiB");
            outcome.writes.emplace_back(std::move(key), keeps ? std::optional(std::move(value)) : std::nullopt);
        }
    }
    reader.end();
    return outcomes;
}

void encode_returned(std::string& out, std::span<const DeliveryNumber> deliveries) {
    FrameWriter writer(out, FrameType::returned);
    writer.count(deliveries.size());
    for (const DeliveryNumber delivery : deliveries)
        writer.u64(delivery);
    writer.finish();
}

std::vector<DeliveryNumber> decode_returned(std::string_view body) {
    WireReader reader(body);
    std::vector<DeliveryNumber> deliveries(reader.count(8));
    for (DeliveryNumber& delivery : deliveries)
        delivery = reader.u64();
    reader.end();
    return deliveries;
}

void encode_log(std::string& out, int level, Timestamp at, Sequence sequence, std::string_view text) {
    FrameWriter writer(out, FrameType::log);
    writer.u8(static_cast<std::uint8_t>(std::clamp(level, 0, 3)));
    writer.i64(at.time_since_epoch().count());
    writer.u64(sequence.value);
    writer.text(text.substr(0, kMaxText));
    writer.finish();
}

HostLog decode_log(std::string_view body) {
    WireReader reader(body);
    HostLog log;
    log.level = reader.at_most(3);
    log.at = timestamp(reader.i64());
    log.sequence = Sequence{reader.u64()};
    log.text = reader.string();
    reader.end();
    return log;
}

void encode(std::string& out, const ReplyFrame& frame) {
    FrameWriter writer(out, FrameType::reply);
    writer.u64(frame.sequence.value);
    writer.text(frame.json);
    writer.finish();
}

ReplyFrame decode_reply(std::string_view body) {
    WireReader reader(body);
    ReplyFrame frame;
    frame.sequence = Sequence{reader.u64()};
    frame.json = reader.string();
    reader.end();
    return frame;
}

void encode(std::string& out, const StateGetFrame& frame) {
    FrameWriter writer(out, FrameType::state_get);
    writer.u64(frame.request);
    writer.text(frame.key);
    writer.finish();
}

StateGetFrame decode_state_get(std::string_view body) {
    WireReader reader(body);
    StateGetFrame frame;
    frame.request = reader.u64();
    frame.key = reader.string();
    reader.end();
    return frame;
}

void encode(std::string& out, const StateListFrame& frame) {
    FrameWriter writer(out, FrameType::state_list);
    writer.u64(frame.request);
    writer.text(frame.prefix);
    writer.text(frame.after);
    writer.u32(frame.limit);
    writer.finish();
}

StateListFrame decode_state_list(std::string_view body) {
    WireReader reader(body);
    StateListFrame frame;
    frame.request = reader.u64();
    frame.prefix = reader.string();
    frame.after = reader.string();
    frame.limit = reader.u32();
    reader.end();
    return frame;
}

}  // namespace foley::core
