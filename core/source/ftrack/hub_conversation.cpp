#include "core/source/ftrack/hub_conversation.hpp"

#include <foley/abi.h>
#include <foley/json.hpp>
#include <foley/site/ftrack_expression.hpp>

#include <algorithm>

namespace foley::core::ftrack {

using site::ftrack::new_id;

namespace {

std::vector<std::string> new_ids(std::size_t count) {
    std::vector<std::string> out(count);
    std::generate(out.begin(), out.end(), new_id);
    return out;
}

}  // namespace

HubConversation::HubConversation(const HubIdentity& identity, const Outputs& outputs, Timeouts timeouts, SteadyTime now)
    : identity_(identity),
      subscribers_(new_ids(identity.subscriptions.size())),
      out_(outputs),
      timeouts_(timeouts),
      last_heard_(now),
      hello_deadline_(now + timeouts.hello) {}

void HubConversation::receive(std::string_view text, SteadyTime now) {
    last_heard_ = now;
    const auto packet = parse_packet(text);
    if (!packet) {
        out_.log(FOLEY_LOG_DEBUG, "a packet that is none: " + std::string(text.substr(0, 60)));
        return;
    }
    switch (packet->code) {
        case PacketCode::disconnect:
            throw HubError(HubError::Kind::lost, "the hub ended the connection");
        case PacketCode::connect:
            on_connect(now);
            break;
        case PacketCode::heartbeat:
            out_.send(heartbeat_packet());
            break;
        case PacketCode::event:
            on_event(*packet);
            break;
        case PacketCode::ack:
            on_ack(packet->data);
            break;
        case PacketCode::error:
            on_error(packet->data);
            break;
        case PacketCode::message:
        case PacketCode::json:
        case PacketCode::noop:
            break;
    }
}

void HubConversation::on_connect(SteadyTime now) {
    if (!hello_deadline_) return;
    hello_deadline_.reset();
    for (std::size_t i = 0; i < identity_.subscriptions.size(); ++i)
        subscribe(i, false, now);
}

void HubConversation::on_event(const Packet& packet) {
    if (packet.id) out_.send(ack_packet(*packet.id));
    const auto data = parse_event_data(packet.data);
    if (data.kind == EventData::Kind::event) {
        out_.event(data.object);
    } else if (data.kind == EventData::Kind::malformed) {
        out_.unreadable(packet.data, "not an event packet: no JSON object with one object in args");
    }
}

void HubConversation::on_ack(std::string_view data) {
    const auto ack = parse_ack_data(data);
    const auto found = ack ? pending_.find(ack->id) : pending_.end();
    if (found == pending_.end()) {
        if (ack && ack->success == false) out_.log(FOLEY_LOG_WARNING, "the hub did not take a packet: " + ack->message);
        return;
    }
    const auto [subscription, deadline, repeated] = found->second;
    pending_.erase(found);
    if (ack->success == false) {
        const bool exists = ack->message.find("already exists") != std::string::npos;
        // Only the answer to a repeated request can mean that the first one arrived. To a new id it means that the hub
        // mistakes us for someone else, and nothing would come: another connection, with other ids.
        if (!exists || !repeated)
            throw HubError(
                exists ? HubError::Kind::lost : HubError::Kind::refused,
                "the hub refuses the subscription '" + identity_.subscriptions[subscription] + "': " + ack->message);
    }
    std::erase_if(pending_, [subscription = subscription](const auto& entry) {
        return entry.second.subscription == subscription;
    });
    if (pending_.empty() && !subscribed_) {
        subscribed_ = true;
        out_.subscribed();
    }
}

void HubConversation::on_error(std::string_view data) {
    const auto plus = data.find('+');
    const std::string reason(data.substr(0, plus));
    if (plus != std::string_view::npos && data.substr(plus + 1) == "reconnect")
        throw HubError(HubError::Kind::lost, "the hub asks to connect again: " + reason);
    out_.log(FOLEY_LOG_WARNING, "the hub reports an error: " + std::string(data.substr(0, 500)));
}

void HubConversation::subscribe(std::size_t subscription, bool repeated, SteadyTime now) {
    const auto id = next_packet_++;
    pending_[id] = {subscription, now + timeouts_.ack, repeated};
    const std::string data = R"({"subscriber":{"id":)" + json::quote(subscribers_[subscription]) +
                             R"(,"applicationId":"foley"},"subscription":)" +
                             json::quote(identity_.subscriptions[subscription]) + "}";
    out_.send(event_packet(id, publish("ftrack.meta.subscribe", data, identity_.hub, "", "")));
}

void HubConversation::tick(SteadyTime now) {
    if (now >= last_heard_ + timeouts_.dead)
        throw HubError(HubError::Kind::lost,
                       "nothing heard from the hub for " +
                           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(timeouts_.dead).count()) +
                           " s");
    if (hello_deadline_ && now >= *hello_deadline_)
        throw HubError(HubError::Kind::lost, "the hub took the connection and did not greet");
    std::vector<std::size_t> again;
    for (const auto& [id, pending] : pending_) {
        if (now < pending.deadline) continue;
        if (pending.repeated)
            throw HubError(HubError::Kind::lost, "the hub does not acknowledge the subscription '" +
                                                     identity_.subscriptions[pending.subscription] + "'");
        again.push_back(pending.subscription);
    }
    for (const auto subscription : again) {
        // The first packet's id stays known no more: a late ack for it would say nothing about the second.
        std::erase_if(pending_, [&](const auto& entry) { return entry.second.subscription == subscription; });
        out_.log(FOLEY_LOG_WARNING, "the hub has not acknowledged the subscription '" +
                                        identity_.subscriptions[subscription] + "'; asking once more");
        subscribe(subscription, true, now);
    }
}

SteadyTime HubConversation::next_tick() const noexcept {
    auto next = last_heard_ + timeouts_.dead;
    if (hello_deadline_) next = std::min(next, *hello_deadline_);
    for (const auto& [id, pending] : pending_)
        next = std::min(next, pending.deadline);
    return next;
}

void HubConversation::reply(std::string_view source_id, std::string_view event_id, std::string_view json) {
    // Ids are words mostly; the quotes are for those that are not, and a quote in one cannot be expressed at all.
    const std::string target = "id=\"" + std::string(source_id) + "\"";
    const auto& subscriber = subscribers_.empty() ? identity_.hub : subscribers_.front();
    out_.send(event_packet(next_packet_++, publish("ftrack.meta.reply", json, subscriber, target, event_id)));
}

std::string HubConversation::publish(std::string_view topic, std::string_view data, std::string_view source_id,
                                     std::string_view target, std::string_view in_reply_to) const {
    std::string out = R"({"id":)" + json::quote(new_id()) + R"(,"topic":)" + json::quote(topic) + R"(,"data":)";
    out += data;
    out += R"(,"source":{"id":)" + json::quote(source_id) + R"(,"user":{"username":)" + json::quote(identity_.user) +
           R"(},"host":)" + json::quote(identity_.host) + R"(},"target":)" + json::quote(target) +
           R"(,"sent":null,"inReplyToEvent":)" + (in_reply_to.empty() ? "null" : json::quote(in_reply_to)) + "}";
    return out;
}

}  // namespace foley::core::ftrack
