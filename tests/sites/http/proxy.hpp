// SimProxy: an HTTP proxy on loopback that wants a user and a password (Basic). It makes tunnels (CONNECT) and hands on
// requests that name a whole URL.
//
// Thread: any; the proxy has one of its own. Throws: boost::system::system_error when it cannot listen.
#pragma once

// clang-format off: Boost 1.74's awaitable.hpp uses std::exchange without including its header.
#include <utility>
// clang-format on

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/string.hpp>

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace foley::sim {

class SimProxy {
public:
    // `to`: the port on loopback where every host is, so that a site can have a name that only the proxy knows.
    SimProxy(std::string user, std::string password, std::uint16_t to);
    ~SimProxy();
    SimProxy(const SimProxy&) = delete;
    SimProxy& operator=(const SimProxy&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    // With a login in it as it has to be written there.
    std::string url(const std::string& login) const {
        return "http://" + login + "@127.0.0.1:" + std::to_string(port_);
    }
    // What was let pass, in order: "CONNECT studio.invalid:443", "POST http://studio.invalid/api3/json".
    std::vector<std::string> passed() const;
    std::size_t refused() const;

private:
    void note(boost::beast::string_view method, boost::beast::string_view target);
    void note_refused();
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket client);

    const std::string authorization_;
    const std::uint16_t to_;
    mutable std::mutex mutex_;
    std::vector<std::string> passed_;
    std::size_t refused_ = 0;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace foley::sim
