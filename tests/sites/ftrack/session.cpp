#include "tests/sites/ftrack/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <deque>
#include <type_traits>

namespace foley::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::use_awaitable;

namespace {

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

template <typename Stream>
class Session final : public Closable, public std::enable_shared_from_this<Session<Stream>> {
public:
    template <typename... Arguments>
    explicit Session(SimFtrack::Server& server, Arguments&&... arguments)
        : server_(server), ws_(std::forward<Arguments>(arguments)...), timer_(server.io()) {}

    asio::awaitable<void> run() {
        const auto self = this->shared_from_this();
        const auto id = server_.add_connection(this->weak_from_this());
        try {
            co_await serve(id);
        } catch (const boost::system::system_error&) {
            // The client is gone, or we ended it: nothing to do either way.
        }
        server_.remove_connection(id);
    }

    void close(bool reset) override {
        auto& socket = beast::get_lowest_layer(ws_).socket();
        boost::system::error_code ignored;
        if (reset) socket.set_option(asio::socket_base::linger(true, 0), ignored);
        timer_.cancel();
        socket.close(ignored);
    }

private:
    asio::awaitable<void> serve(std::uint64_t id) {
        if constexpr (std::is_same_v<Stream, TlsStream>)
            co_await ws_.next_layer().async_handshake(asio::ssl::stream_base::server, use_awaitable);
        beast::flat_buffer buffer;
        for (;;) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(std::size_t{64} << 20);
            co_await http::async_read(ws_.next_layer(), buffer, parser, use_awaitable);
            const auto request = parser.release();
            if (websocket::is_upgrade(request)) {
                co_await follow(request, id);
                co_return;
            }
            auto answer = server_.answer(request);
            if (answer.never) answer.delay = std::chrono::hours(1);
            if (answer.delay.count() > 0) {
                timer_.expires_after(answer.delay);
                co_await timer_.async_wait(use_awaitable);
            }
            if (answer.reset) {
                close(true);
                co_return;
            }
            co_await http::async_write(ws_.next_layer(), answer.response, use_awaitable);
            if (!answer.response.keep_alive()) co_return;
        }
    }

    asio::awaitable<void> follow(SimFtrack::Server::Request request, std::uint64_t id) {
        const beast::string_view path = request.target();
        if (!path.starts_with("/socket.io/1/websocket/session-")) co_return;
        ws_.read_message_max(std::size_t{64} << 20);
        co_await ws_.async_accept(request, use_awaitable);
        ws_.text(true);
        server_.is_hub_connection(id);
        const auto connection = server_.hub().connect([this](std::string packet) { write(std::move(packet)); });
        if (server_.greets()) write("1::");
        boost::system::error_code error;
        while (!error) {
            beast::flat_buffer buffer;
            co_await ws_.async_read(buffer, asio::redirect_error(use_awaitable, error));
            if (error) break;
            const auto data = buffer.cdata();
            const std::string packet(static_cast<const char*>(data.data()), data.size());
            if (!server_.hub().receive(connection, packet)) break;
        }
        server_.hub().disconnect(connection);
        close(false);
    }

    void write(std::string packet) {
        outbox_.push_back(std::move(packet));
        if (outbox_.size() == 1) write_next();
    }

    void write_next() {
        ws_.async_write(asio::buffer(outbox_.front()),
                        [self = this->shared_from_this()](boost::system::error_code error, std::size_t) {
                            if (error) return;  // the reading side sees it too
                            self->outbox_.pop_front();
                            if (!self->outbox_.empty()) self->write_next();
                        });
    }

    SimFtrack::Server& server_;
    websocket::stream<Stream> ws_;
    asio::steady_timer timer_;
    std::deque<std::string> outbox_;
};

}  // namespace

void start_session(SimFtrack::Server& server, asio::ip::tcp::socket socket, asio::ssl::context* tls) {
    boost::system::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (tls != nullptr) {
        const auto session = std::make_shared<Session<TlsStream>>(server, std::move(socket), *tls);
        asio::co_spawn(
            server.io(), [session] { return session->run(); }, asio::detached);
    } else {
        const auto session = std::make_shared<Session<PlainStream>>(server, std::move(socket));
        asio::co_spawn(
            server.io(), [session] { return session->run(); }, asio::detached);
    }
}

}  // namespace foley::sim
