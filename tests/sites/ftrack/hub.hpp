// Hub: the event hub of the simulated site: who has subscribed to what, and who gets an event. Knows packets, no
// sockets.
//
// Thread: the simulation's.
#pragma once

#include <foley/json.hpp>
#include <foley/site/ftrack_subscription.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace foley::sim {

class Hub {
public:
    using Send = std::function<void(std::string packet)>;
    using ConnectionId = std::uint64_t;

    ConnectionId connect(Send send);
    void disconnect(ConnectionId connection);
    // False: the client said goodbye.
    bool receive(ConnectionId connection, std::string_view packet);
    // A `2::` to everyone.
    void heartbeat();
    // To everyone, as it is.
    void send_raw(const std::string& packet);
    // Delivers an event to everyone who wants it. `event` is a JSON object.
    void publish(const std::string& event);

    // What went wrong is on purpose here: see Faults.
    bool silent = false;                 // nothing is sent and nothing answered
    bool acknowledge = true;             // acks are sent
    std::string refuse_subscriptions;    // a message: subscriptions are refused with it
    bool remembers_subscribers = false;  // an id is refused when any connection, also a past one, had it
    unsigned duplicates = 0;             // so many of the next events are sent twice

    std::size_t connections() const noexcept { return connections_.size(); }
    std::size_t subscriptions() const;
    std::vector<std::string> subscriber_ids() const;
    std::uint64_t heartbeats_answered() const noexcept { return heartbeats_answered_; }
    std::uint64_t delivered() const noexcept { return delivered_; }
    // Events that clients published, with topics other than ftrack.meta.subscribe and unsubscribe.
    const std::vector<std::string>& published() const noexcept { return published_; }

private:
    struct Subscriber {
        json::Document metadata;
        site::FtrackSubscription expression;
    };
    struct Connection {
        Send send;
        std::map<std::string, Subscriber> subscribers;  // by id
        std::set<std::uint64_t> acked;
    };

    void on_event(Connection& connection, std::string_view id, std::string_view data);
    std::string subscribe(Connection& connection, const json::Value& event);
    void send(Connection& connection, std::string packet) const;

    std::map<ConnectionId, Connection> connections_;
    std::set<std::string> known_subscribers_;  // of all times
    ConnectionId next_ = 1;
    std::uint64_t heartbeats_answered_ = 0;
    std::uint64_t delivered_ = 0;
    std::vector<std::string> published_;
};

}  // namespace foley::sim
