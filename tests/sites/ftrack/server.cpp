#include "tests/sites/ftrack/server.hpp"

#include "tests/sites/ftrack/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace foley::sim {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

std::string error_object(const std::string& exception, const std::string& content) {
    return R"({"exception":)" + json::quote(exception) + R"(,"content":)" + json::quote(content) +
           R"(,"error_code":null})";
}

void remove_links(json::Value& result) {
    if (!result.IsObject() || !json::member(result, "data").IsArray()) return;
    for (auto& row : result["data"].GetArray()) {
        if (row.IsObject()) row.RemoveMember("link");
    }
}

std::string text_of(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

SimFtrack::Server::Server(const SimFtrackOptions& options)
    : options_(options),
      work_(asio::make_work_guard(io_)),
      acceptor_(io_),
      beat_(io_),
      away_(io_),
      port_(options.port),
      site_([this](const std::string& event) { hub_.publish(event); }),
      world_{site_, hub_, faults_, 0, 0} {
    if (!options_.certificate.empty()) {
        tls_.emplace(asio::ssl::context::tls_server);
        tls_->use_certificate_chain_file(options_.certificate);
        tls_->use_private_key_file(options_.private_key, asio::ssl::context::pem);
    }
    listen();
    asio::co_spawn(io_, beat(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
}

SimFtrack::Server::~Server() {
    asio::post(io_, [this] {
        stop_listening();
        io_.stop();
    });
    thread_.join();
}

void SimFtrack::Server::run_there(std::function<void(World&)> function) {
    asio::dispatch(io_, [this, function = std::move(function)] { function(world_); });
}

void SimFtrack::Server::listen() {
    if (acceptor_.is_open()) return;
    const tcp::endpoint endpoint(asio::ip::make_address(options_.address), port_);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(io_, accept(), asio::detached);
}

void SimFtrack::Server::stop_listening() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    close_connections(false, true);
}

void SimFtrack::Server::be_away(std::chrono::milliseconds time) {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    // The request that asked for it is answered first.
    asio::post(io_, [this] { close_connections(true, true); });
    away_.expires_after(time);
    away_.async_wait([this](boost::system::error_code error) {
        if (!error) listen();
    });
}

void SimFtrack::Server::close_connections(bool hub_only, bool reset) {
    for (const auto& [id, connection] : std::map(connections_)) {
        if (hub_only && !connection.hub) continue;
        if (const auto closable = connection.closable.lock()) closable->close(reset);
    }
}

std::uint64_t SimFtrack::Server::add_connection(std::weak_ptr<Closable> connection) {
    connections_[next_connection_].closable = std::move(connection);
    return next_connection_++;
}

asio::awaitable<void> SimFtrack::Server::accept() {
    for (;;) {
        boost::system::error_code error;
        tcp::socket socket(io_);
        co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        start_session(*this, std::move(socket), tls_ ? &*tls_ : nullptr);
    }
}

asio::awaitable<void> SimFtrack::Server::beat() {
    for (;;) {
        beat_.expires_after(options_.heartbeat);
        co_await beat_.async_wait(asio::use_awaitable);
        hub_.heartbeat();
    }
}

SimFtrack::Server::Answer SimFtrack::Server::answer(const Request& request) {
    const auto path = text_of(request.target());
    Answer out;
    if (path == "/socket.io/1/" || path.starts_with("/socket.io/1/?")) {
        out = answer_handshake(request);
    } else if (path == "/api") {
        out = answer_api(request);
    } else if (path.starts_with("/sim/") && control) {
        const auto [status, body] = control(path.substr(4), request.body());
        out.response.result(status);
        out.response.set(http::field::content_type, "application/json");
        out.response.body() = body;
    } else {
        out.response.result(http::status::not_found);
        out.response.body() = "not found\n";
    }
    out.response.version(request.version());
    out.response.keep_alive(request.keep_alive());
    out.response.prepare_payload();
    return out;
}

SimFtrack::Server::Answer SimFtrack::Server::answer_handshake(const Request& request) {
    ++world_.handshakes;
    Answer out;
    auto& response = out.response;
    response.result(http::status::ok);
    response.set(http::field::content_type, "text/plain");
    const auto session = "session-" + std::to_string(next_session_++);
    response.body() = session + ":" + std::to_string(options_.heartbeat_field) + ":60:websocket,xhr-polling";
    const bool known =
        text_of(request["ftrack-user"]) == options_.user && text_of(request["ftrack-api-key"]) == options_.key;
    const auto fault = known ? faults_.handshake : HandshakeFault::unauthorised;
    switch (fault) {
        case HandshakeFault::busy:
            response.result(http::status::service_unavailable);
            break;
        case HandshakeFault::unauthorised:
            response.result(http::status::unauthorized);
            break;
        case HandshakeFault::error_object:
            response.body() = error_object("InvalidCredentialsError", "the key is not valid");
            break;
        case HandshakeFault::empty:
            response.body().clear();
            break;
        case HandshakeFault::html:
            response.body() = "<html><body>Bad gateway</body></html>";
            break;
        case HandshakeFault::not_found:
            response.result(http::status::not_found);
            break;
        case HandshakeFault::no_websocket:
            response.body() = session + ":60:60:xhr-polling";
            break;
        case HandshakeFault::silence:
            out.never = true;
            break;
        case HandshakeFault::session_only:
            response.body() = session + ":";
            break;
        case HandshakeFault::none:
        case HandshakeFault::no_greeting:
            break;
    }
    return out;
}

SimFtrack::Server::Answer SimFtrack::Server::answer_api(const Request& request) {
    ++world_.api_requests;
    Answer out;
    auto& response = out.response;
    response.result(http::status::ok);
    response.set(http::field::content_type, "application/json");
    std::optional<ApiFault> fault;
    if (!faults_.api.empty()) {
        fault = faults_.api.front();
        faults_.api.pop_front();
    }
    using Kind = ApiFault::Kind;
    if (fault && fault->kind != Kind::slow && fault->kind != Kind::lost_answer) {
        switch (fault->kind) {
            case Kind::status:
                response.result(fault->status);
                response.body() = "the server is not ready\n";
                if (fault->text != "ServerError") response.set(http::field::retry_after, fault->text);
                break;
            case Kind::error_object:
                response.result(fault->status);
                response.body() = error_object(fault->text, "a fault on demand");
                break;
            case Kind::malformed:
                response.body() = R"([{"action":"query","data":[{"__entity)";
                break;
            case Kind::html:
                response.body() = "<html><body>Sign in</body></html>";
                break;
            case Kind::wrong_form:
                response.body() = "[]";
                break;
            case Kind::silence:
                out.never = true;
                break;
            default:
                out.reset = true;
                break;
        }
        return out;
    }
    unsigned status = 200;
    response.body() = operate(request, status);
    response.result(status);
    if (fault && fault->kind == Kind::lost_answer) out.reset = true;
    if (fault) out.delay = fault->delay;
    return out;
}

std::string SimFtrack::Server::operate(const Request& request, unsigned& status) {
    const bool strict = text_of(request["ftrack-strict-api"]) == "true";
    try {
        if (text_of(request["ftrack-user"]) != options_.user || text_of(request["ftrack-api-key"]) != options_.key)
            throw ApiError("InvalidCredentialsError", "the user or key is not valid", 401);
        const auto operations = json::parse(request.body());
        if (!operations.IsArray()) throw ApiError("ValidationError", "not an array of operations");
        const bool denormalize =
            !faults_.always_reduce && text_of(request["ftrack-api-options"]).find("denormalize:1") != std::string::npos;
        Actor actor{options_.user, "user-robot", text_of(request["ftrack-clienttoken"]), "foley.sim.api"};
        std::string out;
        for (const auto& operation : operations.GetArray()) {
            json::Document result;
            site_.operate(operation, actor, denormalize, result);
            if (faults_.no_metadata && result.IsObject()) result.RemoveMember("metadata");
            if (faults_.no_link) remove_links(result);
            out += (out.empty() ? "[" : ",") + json::stringify(result);
        }
        return out.empty() ? "[]" : out + "]";
    } catch (const ApiError& error) {
        status = strict ? error.status() : 200;
        return error_object(error.exception(), error.what());
    } catch (const json::ParseError& error) {
        status = strict ? 400 : 200;
        return error_object("ValidationError", error.what());
    }
}

}  // namespace foley::sim
