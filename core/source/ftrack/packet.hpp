// Packets of the ftrack event hub (Socket.IO 0.9, protocol revision 1), as text.
//
//     packet = code [ ":" [ id [ "+" ] ] ":" [ endpoint ] [ ":" data ] ]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foley::core::ftrack {

// The numbers are those on the wire.
enum class PacketCode : std::uint8_t {
    disconnect = 0,
    connect = 1,
    heartbeat = 2,
    message = 3,
    json = 4,
    event = 5,
    ack = 6,
    error = 7,
    noop = 8,
};

// The views point into the text that was parsed.
struct Packet {
    PacketCode code = PacketCode::noop;
    std::optional<std::uint64_t> id;
    std::string_view data;
};

// Nothing for what is no packet, of an unknown code, or cut short.
std::optional<Packet> parse_packet(std::string_view text);

// What an event packet carries.
struct EventData {
    enum class Kind {
        event,      // `object` is the event, as it stands in the packet
        other,      // a well-formed packet with another name: not for us
        malformed,  // not JSON, or not one object in `args`
    };
    Kind kind = Kind::malformed;
    std::string_view object;
};
EventData parse_event_data(std::string_view data);

// What an ack packet carries: the id of the packet that it answers, and of its first argument `success` and `message`.
struct AckData {
    std::uint64_t id = 0;
    std::optional<bool> success;  // nothing: the peer did not say
    std::string message;
};
std::optional<AckData> parse_ack_data(std::string_view data);

// An event packet that asks for an ack. `event` is JSON.
std::string event_packet(std::uint64_t id, std::string_view event);
std::string ack_packet(std::uint64_t id);
inline std::string heartbeat_packet() {
    return "2::";
}

// The body of the handshake's answer: "SID:HEARTBEAT:CLOSE:TRANSPORTS".
struct Handshake {
    std::string session;
    std::optional<std::uint32_t> heartbeat_seconds;
    bool websocket = true;
};
// Nothing when the body is something else, such as the JSON object of an error.
std::optional<Handshake> parse_handshake(std::string_view body);

}  // namespace foley::core::ftrack
