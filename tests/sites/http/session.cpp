#include "tests/sites/http/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <deque>
#include <sstream>
#include <type_traits>

namespace foley::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::use_awaitable;

namespace {

constexpr std::size_t kLargest = std::size_t{64} << 20;  // of a body or a message

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

template <typename Stream>
class HttpSession final : public HttpConnection, public std::enable_shared_from_this<HttpSession<Stream>> {
public:
    template <typename... Arguments>
    explicit HttpSession(HttpFront& front, Arguments&&... arguments)
        : front_(front), ws_(std::forward<Arguments>(arguments)...), timer_(front.io()) {}

    asio::awaitable<void> run() {
        const auto self = this->shared_from_this();
        const auto id = front_.add_connection(this->weak_from_this());
        try {
            co_await serve(id);
        } catch (const boost::system::system_error&) {
            // The client is gone, or we ended it: nothing to do either way.
        }
        front_.remove_connection(id);
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
            parser.body_limit(kLargest);
            co_await http::async_read(ws_.next_layer(), buffer, parser, use_awaitable);
            const auto request = parser.release();
            const auto upgrade =
                websocket::is_upgrade(request) ? front_.handler().upgrade(request) : HttpHandler::Upgrade::answer;
            if (upgrade == HttpHandler::Upgrade::end) co_return;
            if (upgrade == HttpHandler::Upgrade::take) {
                co_await follow(request, id);
                co_return;
            }
            auto answer = front_.handler().answer(request);
            answer.response.version(request.version());
            answer.response.keep_alive(request.keep_alive());
            answer.response.prepare_payload();
            const bool goes_on = co_await give(answer);
            if (!goes_on) co_return;
        }
    }

    asio::awaitable<bool> give(HttpAnswer& answer) {
        if (answer.never) answer.delay = std::chrono::hours(1);
        if (answer.delay.count() > 0) {
            timer_.expires_after(answer.delay);
            co_await timer_.async_wait(use_awaitable);
        }
        if (answer.cut && !answer.reset) {
            std::ostringstream whole;
            whole << answer.response;
            const auto half = whole.str().substr(0, whole.str().size() / 2);
            co_await asio::async_write(ws_.next_layer(), asio::buffer(half), use_awaitable);
        }
        if (answer.reset || answer.cut) {
            close(true);
            co_return false;
        }
        co_await http::async_write(ws_.next_layer(), answer.response, use_awaitable);
        co_return answer.response.keep_alive();
    }

    asio::awaitable<void> follow(const HttpRequest& request, std::uint64_t id) {
        ws_.read_message_max(kLargest);
        co_await ws_.async_accept(request, use_awaitable);
        ws_.text(true);
        front_.is_socket(id);
        auto end = front_.handler().open_socket([this](std::string text) { write(std::move(text)); });
        boost::system::error_code error;
        while (end && !error) {
            beast::flat_buffer buffer;
            co_await ws_.async_read(buffer, asio::redirect_error(use_awaitable, error));
            if (error) break;
            const auto data = buffer.cdata();
            if (!end->receive(std::string(static_cast<const char*>(data.data()), data.size()))) break;
        }
        end.reset();
        close(false);
    }

    void write(std::string text) {
        outbox_.push_back(std::move(text));
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

    HttpFront& front_;
    websocket::stream<Stream> ws_;
    asio::steady_timer timer_;
    std::deque<std::string> outbox_;
};

template <typename Stream, typename... Arguments>
void spawn(HttpFront& front, Arguments&&... arguments) {
    const auto session = std::make_shared<HttpSession<Stream>>(front, std::forward<Arguments>(arguments)...);
    asio::co_spawn(
        front.io(), [session] { return session->run(); }, asio::detached);
}

}  // namespace

void start_http_session(HttpFront& front, asio::ip::tcp::socket socket, asio::ssl::context* tls) {
    boost::system::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (tls != nullptr) {
        spawn<TlsStream>(front, std::move(socket), *tls);
    } else {
        spawn<PlainStream>(front, std::move(socket));
    }
}

}  // namespace foley::sim
