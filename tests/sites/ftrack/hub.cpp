#include "tests/sites/ftrack/hub.hpp"

#include <foley/site/error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace foley::sim {

namespace {

std::string acknowledgement(std::string_view id, bool success, const std::string& message = {}) {
    std::string out = "6:::" + std::string(id) + R"(+[{"success":)" + (success ? "true" : "false");
    if (!message.empty()) out += R"(,"message":)" + json::quote(message);
    return out + "}]";
}

}  // namespace

Hub::ConnectionId Hub::connect(Send send) {
    const auto id = next_++;
    connections_[id].send = std::move(send);
    return id;
}

void Hub::disconnect(ConnectionId connection) {
    connections_.erase(connection);
}

void Hub::send(Connection& connection, std::string packet) const {
    if (!silent) connection.send(std::move(packet));
}

void Hub::heartbeat() {
    send_raw("2::");
}

void Hub::send_raw(const std::string& packet) {
    for (auto& [id, connection] : connections_)
        send(connection, packet);
}

std::size_t Hub::subscriptions() const {
    std::size_t count = 0;
    for (const auto& [id, connection] : connections_)
        count += connection.subscribers.size();
    return count;
}

std::vector<std::string> Hub::subscriber_ids() const {
    std::vector<std::string> out;
    for (const auto& [id, connection] : connections_) {
        for (const auto& [subscriber, ignored] : connection.subscribers)
            out.push_back(subscriber);
    }
    return out;
}

bool Hub::receive(ConnectionId id, std::string_view packet) {
    const auto found = connections_.find(id);
    if (found == connections_.end() || packet.empty()) return true;
    // code : id : endpoint : data
    std::string_view parts[4];
    std::string_view rest = packet;
    for (std::size_t i = 0; i < 4; ++i) {
        const auto colon = i < 3 ? rest.find(':') : std::string_view::npos;
        parts[i] = rest.substr(0, colon);
        if (colon == std::string_view::npos) break;
        rest.remove_prefix(colon + 1);
    }
    if (parts[0] == "0") return false;
    if (parts[0] == "2") ++heartbeats_answered_;
    if (parts[0] == "5") on_event(found->second, parts[1], parts[3]);
    return true;
}

void Hub::on_event(Connection& connection, std::string_view id, std::string_view data) {
    if (id.ends_with('+')) id.remove_suffix(1);
    std::string refusal;
    std::optional<std::string> forward;
    try {
        const auto packet = json::parse(data);
        const auto& event = json::find(packet, "args", 0);
        const auto topic = json::text_or_empty(event, "topic");
        if (topic == "ftrack.meta.subscribe") {
            refusal = subscribe(connection, event);
        } else if (topic == "ftrack.meta.unsubscribe") {
            const std::string subscriber(json::text_or_empty(event, "data", "subscriber", "id"));
            if (connection.subscribers.erase(subscriber) == 0) refusal = "there is no subscriber " + subscriber;
        } else {
            forward = json::stringify(event);
        }
    } catch (const json::ParseError& error) {
        refusal = error.what();
    }
    if (!id.empty() && acknowledge) send(connection, acknowledgement(id, refusal.empty(), refusal));
    if (forward) {
        published_.push_back(*forward);
        publish(*forward);
    }
}

// An empty text, or why not.
std::string Hub::subscribe(Connection& connection, const json::Value& event) {
    if (!refuse_subscriptions.empty()) return refuse_subscriptions;
    const std::string id(json::text_or_empty(event, "data", "subscriber", "id"));
    if (id.empty()) return "a subscriber needs an id";
    const bool known = !known_subscribers_.insert(id).second;
    if (connection.subscribers.count(id) != 0 || (remembers_subscribers && known))
        return "Subscriber with id " + id + " already exists";
    try {
        Subscriber subscriber{json::parse(json::stringify(json::find(event, "data", "subscriber"))),
                              site::FtrackSubscription(json::text_or_empty(event, "data", "subscription"))};
        connection.subscribers.emplace(id, std::move(subscriber));
    } catch (const SiteError& error) {
        return error.what();
    }
    return {};
}

void Hub::publish(const std::string& text) {
    const auto event = json::parse(text);
    std::optional<site::FtrackSubscription> target;
    if (const auto expression = json::text_or_empty(event, "target"); !expression.empty()) {
        try {
            target.emplace(expression);
        } catch (const SiteError&) {
            return;  // for nobody
        }
    }
    const std::string packet = R"(5:::{"name":"ftrack.event","args":[)" + text + "]}";
    const unsigned copies = duplicates > 0 ? 2 : 1;
    if (duplicates > 0) --duplicates;
    for (auto& [id, connection] : connections_) {
        const bool wanted =
            std::any_of(connection.subscribers.begin(), connection.subscribers.end(), [&](const auto& entry) {
                const auto& subscriber = entry.second;
                return subscriber.expression.matches(event) && (!target || target->matches(subscriber.metadata));
            });
        if (!wanted) continue;
        for (unsigned i = 0; i < copies; ++i)
            send(connection, packet);
        ++delivered_;
    }
}

}  // namespace foley::sim
