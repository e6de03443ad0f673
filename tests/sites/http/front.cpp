#include "tests/sites/http/front.hpp"

#include "tests/sites/http/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace foley::sim {

namespace asio = boost::asio;
using asio::ip::tcp;

HttpFront::HttpFront(asio::io_context& io, const Options& options, HttpHandler& handler)
    : io_(io),
      handler_(handler),
      address_(options.address),
      work_(asio::make_work_guard(io)),
      acceptor_(io),
      away_(io),
      port_(options.port) {
    if (!options.certificate.empty()) {
        tls_.emplace(asio::ssl::context::tls_server);
        tls_->use_certificate_chain_file(options.certificate);
        tls_->use_private_key_file(options.private_key, asio::ssl::context::pem);
    }
    listen();
    thread_ = std::thread([this] { io_.run(); });
}

HttpFront::~HttpFront() {
    asio::post(io_, [this] {
        stop_listening();
        io_.stop();
    });
    thread_.join();
}

void HttpFront::listen() {
    if (acceptor_.is_open()) return;
    const tcp::endpoint endpoint(asio::ip::make_address(address_), port_);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(io_, accept(), asio::detached);
}

void HttpFront::stop_listening() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    close_connections(Which::all, true);
}

void HttpFront::be_away(std::chrono::milliseconds time, Which which) {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    // The request that asked for it is answered first.
    asio::post(io_, [this, which] { close_connections(which, true); });
    away_.expires_after(time);
    away_.async_wait([this](boost::system::error_code error) {
        if (!error) listen();
    });
}

void HttpFront::close_connections(Which which, bool reset) {
    for (const auto& [id, known] : std::map(connections_)) {
        if (which == Which::sockets && !known.is_socket) continue;
        if (const auto open = known.connection.lock()) open->close(reset);
    }
}

std::uint64_t HttpFront::add_connection(std::weak_ptr<HttpConnection> connection) {
    connections_[next_connection_].connection = std::move(connection);
    handler_.connected();
    return next_connection_++;
}

asio::awaitable<void> HttpFront::accept() {
    for (;;) {
        boost::system::error_code error;
        tcp::socket socket(io_);
        co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        start_http_session(*this, std::move(socket), tls_ ? &*tls_ : nullptr);
    }
}

}  // namespace foley::sim
