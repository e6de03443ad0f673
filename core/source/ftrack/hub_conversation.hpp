// HubConversation: what is said over one connection to an ftrack event hub, from the hub's hello on. It knows packets,
// subscriptions, acks and heartbeats, and no sockets: packets go in, packets and events come out.
//
// Owner: FtrackSource, one per connection. Thread: the source's. Throws: HubError when the connection is of no more
// use.
#pragma once

#include "core/event/types.hpp"
#include "core/source/ftrack/hub_error.hpp"
#include "core/source/ftrack/packet.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core::ftrack {

// Who we are to a hub, made once per source. Subscribers get new ids with each connection: a hub may still hold those
// of the one before, and would not take them again.
struct HubIdentity {
    std::string hub;                         // id of this client
    std::string user;                        // API user
    std::string host;                        // of this machine
    std::vector<std::string> subscriptions;  // expressions
};

class HubConversation {
public:
    struct Outputs {
        std::function<void(std::string packet)> send;
        std::function<void(std::string_view event)> event;  // one event object, as JSON text
        // An event packet that cannot be read, with the reason.
        std::function<void(std::string_view packet, std::string_view reason)> unreadable;
        std::function<void()> subscribed;  // every subscription has been acknowledged: once
        std::function<void(int level, const std::string& text)> log;
    };
    struct Timeouts {
        std::chrono::milliseconds hello;  // the hub's first packet
        std::chrono::milliseconds ack;    // of a subscription; it is then asked for once more
        std::chrono::milliseconds dead;   // nothing heard
    };

    // identity and outputs outlive the conversation.
    HubConversation(const HubIdentity& identity, const Outputs& outputs, Timeouts timeouts, SteadyTime now);

    void receive(std::string_view text, SteadyTime now);
    // Anything that shows the peer alive and is no packet: a WebSocket ping.
    void heard(SteadyTime now) noexcept { last_heard_ = now; }
    // Does what is due.
    void tick(SteadyTime now);
    // When to call tick again.
    SteadyTime next_tick() const noexcept;

    // Publishes the answer to an event: `source_id` and `event_id` are those of the event.
    void reply(std::string_view source_id, std::string_view event_id, std::string_view json);

    bool subscribed() const noexcept { return subscribed_; }

private:
    struct Pending {
        std::size_t subscription;
        SteadyTime deadline;
        bool repeated;
    };

    void subscribe(std::size_t subscription, bool repeated, SteadyTime now);
    void on_connect(SteadyTime now);
    void on_event(const Packet& packet);
    void on_ack(std::string_view data);
    void on_error(std::string_view data);
    std::string publish(std::string_view topic, std::string_view data, std::string_view source_id,
                        std::string_view target, std::string_view in_reply_to) const;

    const HubIdentity& identity_;
    const std::vector<std::string> subscribers_;  // ids, one for each of the subscriptions
    const Outputs& out_;
    const Timeouts timeouts_;
    SteadyTime last_heard_;
    std::optional<SteadyTime> hello_deadline_;
    std::map<std::uint64_t, Pending> pending_;  // by packet id
    std::uint64_t next_packet_ = 1;
    bool subscribed_ = false;
};

}  // namespace foley::core::ftrack
