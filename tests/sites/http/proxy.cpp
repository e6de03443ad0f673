#include "tests/sites/http/proxy.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <memory>

namespace foley::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

std::string base64(const std::string& text) {
    std::string out(beast::detail::base64::encoded_size(text.size()), '\0');
    out.resize(beast::detail::base64::encode(out.data(), text.data(), text.size()));
    return out;
}

// Two ends whose bytes go from one to the other. A shared one: each direction is a coroutine.
struct Tunnel {
    tcp::socket client, site;
};

asio::awaitable<void> pump(std::shared_ptr<Tunnel> tunnel, bool to_client) {
    tcp::socket& from = to_client ? tunnel->site : tunnel->client;
    tcp::socket& to = to_client ? tunnel->client : tunnel->site;
    std::array<char, 16384> bytes{};
    boost::system::error_code error;
    while (!error) {
        const auto size =
            co_await from.async_read_some(asio::buffer(bytes), asio::redirect_error(use_awaitable, error));
        if (!error) {
            co_await asio::async_write(to, asio::buffer(bytes.data(), size),
                                       asio::redirect_error(use_awaitable, error));
        }
    }
    // Whoever still writes to the other end hears of it: a site that broke off is not a site that is silent.
    boost::system::error_code ignored;
    from.close(ignored);
    to.close(ignored);
}

http::response<http::string_body> wants_login(const http::request<http::string_body>& request) {
    http::response<http::string_body> response(http::status::proxy_authentication_required, request.version());
    response.set(http::field::proxy_authenticate, "Basic realm=\"studio\"");
    response.keep_alive(request.keep_alive());
    response.body() = "who are you?\n";
    response.prepare_payload();
    return response;
}

// As the site wants to be asked: the path alone, and nothing that was meant for the proxy.
void make_direct(http::request<http::string_body>& request) {
    const std::string target(request.target().data(), request.target().size());
    const auto host = target.find("://");
    const auto path = target.find('/', host == std::string::npos ? 0 : host + 3);
    request.target(path == std::string::npos ? "/" : target.substr(path));
    request.erase(http::field::proxy_authorization);
    request.erase(http::field::proxy_connection);
    request.keep_alive(false);  // so that the end of the answer is the end of the connection
}

}  // namespace

SimProxy::SimProxy(std::string user, std::string password, std::uint16_t to)
    : authorization_("Basic " + base64(user + ":" + password)),
      to_(to),
      acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()) {
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
}

SimProxy::~SimProxy() {
    io_.stop();
    thread_.join();
}

std::vector<std::string> SimProxy::passed() const {
    const std::lock_guard lock(mutex_);
    return passed_;
}

std::size_t SimProxy::refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
}

void SimProxy::note(beast::string_view method, beast::string_view target) {
    std::string what(method.data(), method.size());
    what.append(" ").append(target.data(), target.size());
    const std::lock_guard lock(mutex_);
    passed_.push_back(std::move(what));
}

void SimProxy::note_refused() {
    const std::lock_guard lock(mutex_);
    ++refused_;
}

asio::awaitable<void> SimProxy::accept() {
    for (;;) {
        tcp::socket client = co_await acceptor_.async_accept(use_awaitable);
        asio::co_spawn(io_, serve(std::move(client)), asio::detached);
    }
}

asio::awaitable<void> SimProxy::serve(tcp::socket client) {
    try {
        beast::flat_buffer buffer;
        for (;;) {
            http::request<http::string_body> request;
            co_await http::async_read(client, buffer, request, use_awaitable);
            const auto given = request[http::field::proxy_authorization];
            if (given != beast::string_view(authorization_.data(), authorization_.size())) {
                note_refused();
                const auto response = wants_login(request);
                co_await http::async_write(client, response, use_awaitable);
                if (!response.keep_alive()) co_return;
                continue;
            }
            note(request.method_string(), request.target());
            tcp::socket site(io_);
            co_await site.async_connect({asio::ip::address_v4::loopback(), to_}, use_awaitable);
            if (request.method() == http::verb::connect) {
                const std::string made = "HTTP/1.1 200 Connection established\r\n\r\n";
                co_await asio::async_write(client, asio::buffer(made), use_awaitable);
            } else {
                make_direct(request);
                co_await http::async_write(site, request, use_awaitable);
            }
            const auto tunnel = std::make_shared<Tunnel>(Tunnel{std::move(client), std::move(site)});
            asio::co_spawn(io_, pump(tunnel, false), asio::detached);
            asio::co_spawn(io_, pump(tunnel, true), asio::detached);
            co_return;
        }
    } catch (const boost::system::system_error&) {
        // One of the two is gone.
    }
}

}  // namespace foley::sim
