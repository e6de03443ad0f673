// HubDialer: from a host's name to a TCP connection, in bounded time, so that a server that is back is found soon even
// when packets to it, or to the name server, were dropped and not refused.
//
// A lookup that takes too long goes on beside; until it ends, the addresses of the one before serve, if there are any.
// Of several addresses, the one that worked last is tried first, and each gets its own time.
//
// Owner: FtrackSource. Thread: the one that runs the io_context; lookups have threads of their own, which nobody waits
// for. Throws: std::runtime_error with a sentence.
#pragma once

// clang-format off: Boost 1.74's awaitable.hpp uses std::exchange without including its header.
#include <utility>
// clang-format on

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace foley::core::ftrack {

class HubDialer {
public:
    using Endpoint = boost::asio::ip::tcp::endpoint;
    // Asks for a host's addresses, however long that takes. Any thread. Throws boost::system::system_error.
    using Lookup = std::function<std::vector<Endpoint>(const std::string& host, const std::string& port)>;
    static std::vector<Endpoint> ask_system(const std::string& host, const std::string& port);

    struct Limits {
        std::chrono::milliseconds lookup;
        std::chrono::milliseconds address;  // TCP, each address
    };

    // io outlives the dialer.
    HubDialer(boost::asio::io_context& io, Limits limits, Lookup lookup = ask_system);
    // Waits for no lookup.
    ~HubDialer();
    HubDialer(const HubDialer&) = delete;
    HubDialer& operator=(const HubDialer&) = delete;

    // Connects the stream, which is closed. One call at a time.
    boost::asio::awaitable<void> dial(boost::beast::tcp_stream& stream, const std::string& host,
                                      const std::string& port);
    // Ends a call that waits for a lookup; one that connects ends when the stream's socket is closed, and goes no
    // further.
    void cancel() noexcept;

private:
    struct Question;  // a lookup

    boost::asio::awaitable<std::vector<Endpoint>> addresses(const std::string& host, const std::string& port);
    void ask(const std::string& host, const std::string& port);

    boost::asio::io_context& io_;
    const Limits limits_;
    const Lookup lookup_;
    boost::asio::steady_timer patience_;
    bool cancelled_ = false;
    std::shared_ptr<Question> question_;
    std::string known_for_;  // host and port of `known_`
    std::vector<Endpoint> known_;
    std::optional<Endpoint> worked_;
};

}  // namespace foley::core::ftrack
