#include "core/source/ftrack/hub_dialer.hpp"

#include "tests/unit/source/dropping_port.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

using namespace std::chrono_literals;
using foley::core::ftrack::HubDialer;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// A port on which someone is, and one whose packets are dropped.
struct Ports {
    asio::io_context io;
    tcp::acceptor open{io, {asio::ip::address_v4::loopback(), 0}};
    foley::core::DroppingPort dropping_port;
    tcp::endpoint dropping{asio::ip::address_v4::loopback(), dropping_port.port()};
};

// The address that was reached, or the sentence.
std::string dial(asio::io_context& io, HubDialer& dialer, const std::string& host, const std::string& port) {
    std::string out;
    boost::beast::tcp_stream stream(io);
    asio::co_spawn(io, dialer.dial(stream, host, port), [&](const std::exception_ptr& error) {
        try {
            if (error) std::rethrow_exception(error);
            out = std::to_string(stream.socket().remote_endpoint().port());
        } catch (const std::runtime_error& failure) {
            out = failure.what();
        }
    });
    io.restart();
    io.run();
    return out;
}

std::string port_of(const tcp::acceptor& acceptor) {
    return std::to_string(acceptor.local_endpoint().port());
}

// Answers when it is let.
struct SlowNames {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = true;
    int asked = 0;
    std::vector<tcp::endpoint> answer;

    std::vector<tcp::endpoint> ask() {
        std::unique_lock lock(mutex);
        ++asked;
        changed.notify_all();
        changed.wait(lock, [this] { return open; });
        return answer;
    }
    int times_asked() {
        const std::lock_guard lock(mutex);
        return asked;
    }
    void await_asked() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return asked > 0; });
    }
    void let(bool now) {
        const std::lock_guard lock(mutex);
        open = now;
        changed.notify_all();
    }
};

}  // namespace

TEST_CASE("an address that drops packets does not keep the next one from being reached", "[source][hub_dialer]") {
    Ports ports;
    const tcp::acceptor other(ports.io, {asio::ip::address_v4::loopback(), 0});
    asio::io_context io;
    int asked = 0;
    auto first = ports.dropping;
    HubDialer dialer(io, {10s, 100ms}, [&](const std::string& host, const std::string& port) {
        ++asked;
        CHECK(host == "hub");
        CHECK(port == "443");
        return std::vector{first, first, ports.open.local_endpoint()};
    });
    const auto begun = std::chrono::steady_clock::now();
    CHECK(dial(io, dialer, "hub", "443") == port_of(ports.open));
    CHECK(std::chrono::steady_clock::now() - begun >= 200ms);
    // Now that one is the first, although those before it would answer too.
    first = other.local_endpoint();
    CHECK(dial(io, dialer, "hub", "443") == port_of(ports.open));
    CHECK(asked == 2);
}

TEST_CASE("addresses that cannot be reached are named, each with the reason", "[source][hub_dialer]") {
    Ports ports;
    asio::io_context io;
    const auto closed = ports.open.local_endpoint();
    ports.open.close();
    HubDialer dialer(io, {10s, 50ms}, [&](const std::string&, const std::string&) {
        return std::vector{closed, ports.dropping};
    });
    const auto failure = dial(io, dialer, "hub", "443");
    CHECK(failure.find("127.0.0.1:" + std::to_string(closed.port()) +
                       ": Connection refused; 127.0.0.1:" + std::to_string(ports.dropping.port()) + ": ") == 0);
}

TEST_CASE("an address needs no lookup", "[source][hub_dialer]") {
    const Ports ports;
    asio::io_context io;
    HubDialer dialer(io, {10s, 10s}, [](const std::string&, const std::string&) -> std::vector<tcp::endpoint> {
        throw boost::system::system_error(asio::error::host_not_found);
    });
    CHECK(dial(io, dialer, "127.0.0.1", port_of(ports.open)) == port_of(ports.open));
    CHECK(dial(io, dialer, "hub", "443") == "no address for hub: Host not found (authoritative)");
}

TEST_CASE("a lookup that hangs ends the try, and the addresses known before serve", "[source][hub_dialer]") {
    const Ports ports;
    asio::io_context io;
    const auto names = std::make_shared<SlowNames>();
    names->answer = {ports.open.local_endpoint()};
    HubDialer dialer(io, {50ms, 10s}, [names](const std::string&, const std::string&) { return names->ask(); });
    names->let(false);
    CHECK(dial(io, dialer, "hub", "443") == "no address for hub: the name server has not answered after 50 ms");
    CHECK(dial(io, dialer, "hub", "443").find("no address") == 0);
    names->await_asked();
    CHECK(names->times_asked() == 1);  // the same question waits on
    names->let(true);
    for (int i = 0; i < 100 && dial(io, dialer, "hub", "443") != port_of(ports.open); ++i) {
    }
    names->let(false);
    CHECK(dial(io, dialer, "hub", "443") == port_of(ports.open));
    CHECK(dial(io, dialer, "other", "443").find("no address for other") == 0);
    names->let(true);
}

TEST_CASE("a call that waits for a lookup is ended by cancel, and the dialer's end waits for nothing",
          "[source][hub_dialer]") {
    const auto names = std::make_shared<SlowNames>();
    names->let(false);
    {
        asio::io_context io;
        HubDialer* dialing = nullptr;
        HubDialer dialer(io, {1h, 1h}, [&io, &dialing, names](const std::string&, const std::string&) {
            asio::post(io, [&dialing] { dialing->cancel(); });  // asked, so the call waits
            return names->ask();
        });
        dialing = &dialer;
        CHECK(dial(io, dialer, "hub", "443") == "stopped");
    }
    names->let(true);
}
