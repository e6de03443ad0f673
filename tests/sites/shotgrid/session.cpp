// One connection to the simulated site, plain or TLS.
#include "tests/sites/shotgrid/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>

#include <sstream>
#include <type_traits>

namespace foley::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;

namespace {

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

template <typename Stream>
class HttpSession final : public ClosableSession, public std::enable_shared_from_this<HttpSession<Stream>> {
public:
    template <typename... Arguments>
    explicit HttpSession(SimShotgrid::Server& server, Arguments&&... arguments)
        : server_(server), stream_(std::forward<Arguments>(arguments)...), timer_(server.io()) {}

    asio::awaitable<void> run() {
        const auto self = this->shared_from_this();
        const auto id = server_.add_session(this->weak_from_this());
        try {
            co_await serve();
        } catch (const boost::system::system_error&) {
            // The client is gone, or we ended it: nothing to do either way.
        }
        server_.remove_session(id);
    }

    void reset() override {
        auto& socket = beast::get_lowest_layer(stream_).socket();
        boost::system::error_code ignored;
        socket.set_option(asio::socket_base::linger(true, 0), ignored);
        timer_.cancel();
        socket.close(ignored);
    }

private:
    asio::awaitable<void> serve() {
        if constexpr (std::is_same_v<Stream, TlsStream>)
            co_await stream_.async_handshake(asio::ssl::stream_base::server, use_awaitable);
        beast::flat_buffer buffer;
        for (;;) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(std::size_t{64} << 20);
            co_await http::async_read(stream_, buffer, parser, use_awaitable);
            const auto request = parser.release();
            auto answer = server_.answer(request);
            if (answer.never) answer.delay = std::chrono::hours(1);
            if (answer.delay.count() > 0) {
                timer_.expires_after(answer.delay);
                co_await timer_.async_wait(use_awaitable);
            }
            if (answer.reset) {
                reset();
                co_return;
            }
            if (answer.cut) {
                std::ostringstream whole;
                whole << answer.response;
                const auto half = whole.str().substr(0, whole.str().size() / 2);
                co_await asio::async_write(stream_, asio::buffer(half), use_awaitable);
                reset();
                co_return;
            }
            co_await http::async_write(stream_, answer.response, use_awaitable);
            if (!answer.response.keep_alive()) co_return;
        }
    }

    SimShotgrid::Server& server_;
    Stream stream_;
    asio::steady_timer timer_;
};

template <typename Stream, typename... Arguments>
void spawn(SimShotgrid::Server& server, Arguments&&... arguments) {
    const auto session = std::make_shared<HttpSession<Stream>>(server, std::forward<Arguments>(arguments)...);
    asio::co_spawn(
        server.io(), [session] { return session->run(); }, asio::detached);
}

}  // namespace

void start_shotgrid_session(SimShotgrid::Server& server, asio::ip::tcp::socket socket, asio::ssl::context* tls) {
    boost::system::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (tls != nullptr) {
        spawn<TlsStream>(server, std::move(socket), *tls);
    } else {
        spawn<PlainStream>(server, std::move(socket));
    }
}

}  // namespace foley::sim
