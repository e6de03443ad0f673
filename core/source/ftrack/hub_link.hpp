// HubLink: one WebSocket connection to an ftrack event hub: TCP (through an HTTP proxy if there is one), TLS, the
// Socket.IO handshake, the upgrade; then texts in both directions.
//
// Thread: the one that runs the io_context. Shared, because an operation in flight keeps it alive. Throws: HubError.
#pragma once

// clang-format off: Boost 1.74's awaitable.hpp uses std::exchange without including its header.
#include <utility>
// clang-format on

#include "core/source/ftrack/hub_dialer.hpp"
#include "core/source/ftrack/hub_error.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foley::core::ftrack {

struct HubAddress {
    bool tls = true;
    std::string host;    // without brackets
    std::string port;    // "443"
    std::string prefix;  // path before /socket.io, mostly empty
};

// From a site's URL, "https://studio.example.com". Throws std::invalid_argument with a sentence.
HubAddress parse_hub_address(const std::string& url);

// From "http://user:password@proxy:3128". Throws std::invalid_argument; the sentence holds no password.
struct HubProxy {
    std::string host, port;
    std::string authorization;  // "Basic …" or empty
};
HubProxy parse_hub_proxy(const std::string& url);

struct HubLinkOptions {
    HubAddress address;
    std::optional<HubProxy> proxy;
    std::string ca_file;  // empty: the system's authorities
    std::string user;
    std::string key;
    std::chrono::milliseconds connect_timeout;  // TLS, and a proxy's tunnel; the dialer has its own limits
    std::chrono::milliseconds handshake_timeout;
};

class HubLink {
public:
    virtual ~HubLink() = default;

    // The whole way to an open WebSocket. io and dialer outlive the link. `ping` is called for each WebSocket ping and
    // pong that arrives.
    static boost::asio::awaitable<std::shared_ptr<HubLink>> open(boost::asio::io_context& io, HubDialer& dialer,
                                                                 const HubLinkOptions& options,
                                                                 std::function<void()> ping,
                                                                 std::function<void(std::shared_ptr<HubLink>)> opening);

    // The next text. One call at a time.
    virtual boost::asio::awaitable<std::string> read() = 0;
    // Queues a text; they go out in order. A failed write closes the link, which ends the read.
    virtual void write(std::string text) = 0;
    // Closes at once; what is in flight ends with an error.
    virtual void abort() noexcept = 0;

    // What the hub said about heartbeats.
    virtual std::optional<std::chrono::seconds> heartbeat() const noexcept = 0;
    virtual const std::string& session() const noexcept = 0;
};

}  // namespace foley::core::ftrack
