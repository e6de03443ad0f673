#include "core/source/ftrack/hub_link.hpp"

#include "core/source/ftrack/packet.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/version.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <deque>
#include <type_traits>

namespace foley::core::ftrack {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

// Above this a message ends the connection, which shows as a gap. Events over 16 MiB are put aside by the source.
constexpr std::size_t kLongestMessage = std::size_t{64} << 20;
constexpr std::size_t kLongestAnswer = 64 * 1024;

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

template <typename Stream>
constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

std::string authority(const HubAddress& address) {
    const std::string host = address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
    return address.port == (address.tls ? "443" : "80") ? host : host + ":" + address.port;
}

std::string shown(const HubAddress& address) {
    return (address.tls ? "https://" : "http://") + authority(address);
}

[[noreturn]] void lost(const HubAddress& address, const std::string& what, const std::string& why) {
    throw HubError(HubError::Kind::lost, shown(address) + " " + what + ": " + why);
}
[[noreturn]] void refused(const HubAddress& address, const std::string& what) {
    throw HubError(HubError::Kind::refused, shown(address) + " " + what);
}

std::string one_line(std::string_view text) {
    std::string out(text.substr(0, 200));
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return out;
}

// The TLS settings, made anew for each connection, so that a renewed CA file counts.
std::shared_ptr<asio::ssl::context> make_tls(const HubLinkOptions& options) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    try {
        context->set_verify_mode(asio::ssl::verify_peer);
        if (options.ca_file.empty()) {
            context->set_default_verify_paths();
        } else {
            context->load_verify_file(options.ca_file);
        }
    } catch (const boost::system::system_error& error) {
        throw HubError(HubError::Kind::refused,
                       "the ca_file " + options.ca_file + " cannot be used: " + error.code().message());
    }
    if (SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION) != 1)
        throw HubError(HubError::Kind::refused, "this OpenSSL has no TLS 1.2");
    return context;
}

template <typename Stream>
class Link final : public HubLink, public std::enable_shared_from_this<Link<Stream>> {
public:
    Link(asio::io_context& io, HubDialer& dialer, const HubLinkOptions& options,
         std::shared_ptr<asio::ssl::context> tls)
        : io_(io), dialer_(dialer), options_(options), tls_(std::move(tls)) {
        make_stream();
    }

    asio::awaitable<void> open(std::function<void()> ping) {
        co_await connect();
        co_await handshake();
        // The hub closes the connection of the handshake or not; the upgrade gets a new one in any case.
        make_stream();
        co_await connect();
        co_await upgrade(std::move(ping));
    }

    asio::awaitable<std::string> read() override {
        beast::flat_buffer buffer;
        boost::system::error_code error;
        co_await ws_->async_read(buffer, asio::redirect_error(use_awaitable, error));
        if (error == websocket::error::closed) lost(options_.address, "closed the connection", close_reason());
        if (error) lost(options_.address, "lost the connection", error.message());
        const auto data = buffer.cdata();
        co_return std::string(static_cast<const char*>(data.data()), data.size());
    }

    void write(std::string text) override {
        outbox_.push_back(std::move(text));
        if (outbox_.size() == 1) write_next();
    }

    void abort() noexcept override {
        aborted_ = true;
        if (dialling_) dialer_.cancel();
        auto& socket = beast::get_lowest_layer(*ws_).socket();
        boost::system::error_code ignored;
        socket.close(ignored);
    }

    std::optional<std::chrono::seconds> heartbeat() const noexcept override { return heartbeat_; }
    const std::string& session() const noexcept override { return session_; }

private:
    using WebSocket = websocket::stream<Stream>;

    void make_stream() {
        if constexpr (kIsTls<Stream>) {
            ws_ = std::make_unique<WebSocket>(io_, *tls_);
        } else {
            ws_ = std::make_unique<WebSocket>(io_);
        }
    }

    beast::tcp_stream& tcp_layer() { return beast::get_lowest_layer(*ws_); }

    void check_aborted() const {
        if (aborted_) throw HubError(HubError::Kind::lost, "stopped");
    }

    asio::awaitable<void> connect() {
        const auto& address = options_.address;
        const auto& host = options_.proxy ? options_.proxy->host : address.host;
        const auto& port = options_.proxy ? options_.proxy->port : address.port;
        try {
            dialling_ = true;
            co_await dialer_.dial(tcp_layer(), host, port);
            dialling_ = false;
        } catch (const std::runtime_error& error) {
            dialling_ = false;
            check_aborted();
            lost(address, options_.proxy ? "cannot be reached, nor its proxy" : "cannot be reached", error.what());
        }
        tcp_layer().expires_after(options_.connect_timeout);
        boost::system::error_code ignored;
        tcp_layer().socket().set_option(tcp::no_delay(true), ignored);
        tcp_layer().socket().set_option(asio::socket_base::keep_alive(true), ignored);
        if (options_.proxy) co_await tunnel();
        if constexpr (kIsTls<Stream>) co_await start_tls();
    }

    // HTTP CONNECT, for ws:// too: a proxy then passes bytes and does not try to understand the upgrade.
    asio::awaitable<void> tunnel() {
        const auto& address = options_.address;
        const std::string host = address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
        http::request<http::empty_body> request(http::verb::connect, host + ":" + address.port, 11);
        request.set(http::field::host, host + ":" + address.port);
        if (!options_.proxy->authorization.empty())
            request.set(http::field::proxy_authorization, options_.proxy->authorization);
        boost::system::error_code error;
        co_await http::async_write(tcp_layer(), request, asio::redirect_error(use_awaitable, error));
        http::response_parser<http::empty_body> parser;
        parser.skip(true);  // a tunnel's answer has no body
        beast::flat_buffer buffer;
        if (!error)
            co_await http::async_read_header(tcp_layer(), buffer, parser, asio::redirect_error(use_awaitable, error));
        check_aborted();
        if (error) lost(address, "cannot be reached through the proxy", error.message());
        const auto status = parser.get().result_int();
        if (status == 407)
            refused(address,
                    "cannot be reached: the proxy wants a user and password, or does not take those in its address");
        if (status < 200 || status > 299)
            lost(address, "cannot be reached", "the proxy answers with HTTP status " + std::to_string(status));
    }

    asio::awaitable<void> start_tls() {
        const auto& address = options_.address;
        auto& tls = ws_->next_layer();
        boost::system::error_code error;
        // What SSL_set_tlsext_host_name does, without its C cast.
        auto host = address.host;
        if (SSL_ctrl(tls.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) != 1)
            lost(address, "cannot be reached", "its name does not fit TLS");
        tls.set_verify_callback(asio::ssl::host_name_verification(address.host), error);
        if (!error)
            co_await tls.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(use_awaitable, error));
        check_aborted();
        if (!error) co_return;
        const long verification = SSL_get_verify_result(tls.native_handle());
        if (verification != X509_V_OK)
            refused(address, std::string("is not trusted: ") + X509_verify_cert_error_string(verification) +
                                 ". If it has a certificate of its own authority, name its file as ca_file.");
        lost(address, "broke off the TLS handshake", error.message());
    }

    template <typename Message>
    void set_credentials(Message& message) const {
        message.set("ftrack-user", options_.user);
        message.set("ftrack-api-key", options_.key);
        message.set("ftrack-strict-api", "true");
    }

    asio::awaitable<void> handshake() {
        const auto& address = options_.address;
        http::request<http::empty_body> request(http::verb::get, address.prefix + "/socket.io/1/", 11);
        request.set(http::field::host, authority(address));
        request.set(http::field::user_agent, "foley");
        set_credentials(request);
        tcp_layer().expires_after(options_.handshake_timeout);
        boost::system::error_code error;
        co_await http::async_write(ws_->next_layer(), request, asio::redirect_error(use_awaitable, error));
        http::response_parser<http::string_body> parser;
        parser.body_limit(kLongestAnswer);
        beast::flat_buffer buffer;
        if (!error)
            co_await http::async_read(ws_->next_layer(), buffer, parser, asio::redirect_error(use_awaitable, error));
        check_aborted();
        if (error) lost(address, "does not answer the handshake", error.message());
        tcp_layer().expires_never();
        read_handshake(parser.get().result_int(), parser.get().body());
    }

    void read_handshake(unsigned status, const std::string& body) {
        const auto& address = options_.address;
        if (status == 401 || status == 403)
            refused(address, "does not accept the API user and key (HTTP status " + std::to_string(status) + ")");
        if (status == 408 || status == 429 || status >= 500)
            lost(address, "is not ready", "HTTP status " + std::to_string(status));
        if (status != 200)
            refused(address, "has no event hub at /socket.io/1/ (HTTP status " + std::to_string(status) + ")");
        auto handshake = parse_handshake(body);
        if (!handshake) refused(address, "refuses the handshake: " + one_line(body));
        if (!handshake->websocket) refused(address, "offers no WebSocket: " + one_line(body));
        session_ = std::move(handshake->session);
        if (handshake->heartbeat_seconds) heartbeat_ = std::chrono::seconds(*handshake->heartbeat_seconds);
    }

    asio::awaitable<void> upgrade(std::function<void()> ping) {
        const auto& address = options_.address;
        tcp_layer().expires_never();
        ws_->set_option(
            websocket::stream_base::timeout{options_.handshake_timeout, websocket::stream_base::none(), false});
        ws_->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
            request.set(http::field::user_agent, "foley");
            set_credentials(request);
        }));
        ws_->control_callback([heard = std::move(ping)](websocket::frame_type, beast::string_view) { heard(); });
        ws_->read_message_max(kLongestMessage);
        boost::system::error_code error;
        co_await ws_->async_handshake(authority(address), address.prefix + "/socket.io/1/websocket/" + session_,
                                      asio::redirect_error(use_awaitable, error));
        check_aborted();
        if (error) lost(address, "does not open the WebSocket", error.message());
        ws_->text(true);
    }

    void write_next() {
        ws_->async_write(asio::buffer(outbox_.front()),
                         [self = this->shared_from_this()](boost::system::error_code error, std::size_t) {
                             if (error) {
                                 self->outbox_.clear();
                                 self->abort();
                                 return;
                             }
                             self->outbox_.pop_front();
                             if (!self->outbox_.empty()) self->write_next();
                         });
    }

    std::string close_reason() const {
        const auto& reason = ws_->reason();
        std::string out = "WebSocket code " + std::to_string(reason.code);
        if (!reason.reason.empty()) out += ", " + one_line({reason.reason.data(), reason.reason.size()});
        return out;
    }

    asio::io_context& io_;
    HubDialer& dialer_;
    const HubLinkOptions options_;
    std::shared_ptr<asio::ssl::context> tls_;
    std::unique_ptr<WebSocket> ws_;
    std::deque<std::string> outbox_;
    std::string session_;
    std::optional<std::chrono::seconds> heartbeat_;
    bool dialling_ = false;
    bool aborted_ = false;
};

template <typename Stream>
asio::awaitable<std::shared_ptr<HubLink>> open_as(asio::io_context& io, HubDialer& dialer,
                                                  const HubLinkOptions& options,
                                                  std::shared_ptr<asio::ssl::context> tls, std::function<void()> ping,
                                                  std::function<void(std::shared_ptr<HubLink>)> opening) {
    auto link = std::make_shared<Link<Stream>>(io, dialer, options, std::move(tls));
    opening(link);
    co_await link->open(std::move(ping));
    co_return link;
}

}  // namespace

asio::awaitable<std::shared_ptr<HubLink>> HubLink::open(asio::io_context& io, HubDialer& dialer,
                                                        const HubLinkOptions& options, std::function<void()> ping,
                                                        std::function<void(std::shared_ptr<HubLink>)> opening) {
    if (options.address.tls)
        co_return co_await open_as<TlsStream>(io, dialer, options, make_tls(options), std::move(ping),
                                              std::move(opening));
    co_return co_await open_as<PlainStream>(io, dialer, options, nullptr, std::move(ping), std::move(opening));
}

}  // namespace foley::core::ftrack
