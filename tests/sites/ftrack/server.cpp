#include "tests/sites/ftrack/server.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

namespace foley::sim {

namespace asio = boost::asio;
namespace http = boost::beast::http;

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

// The hub's end of a connection.
class HubEnd final : public SocketEnd {
public:
    HubEnd(Hub& hub, HttpHandler::Send send) : hub_(hub), connection_(hub.connect(std::move(send))) {}
    ~HubEnd() override { hub_.disconnect(connection_); }
    HubEnd(const HubEnd&) = delete;
    HubEnd& operator=(const HubEnd&) = delete;
    bool receive(const std::string& text) override { return hub_.receive(connection_, text); }

private:
    Hub& hub_;
    Hub::ConnectionId connection_;
};

}  // namespace

SimFtrack::Server::Server(const SimFtrackOptions& options)
    : options_(options),
      site_([this](const std::string& event) { hub_.publish(event); }),
      world_{site_, hub_, faults_, 0, 0},
      beat_(io_),
      front_(io_, {options.address, options.port, options.certificate, options.private_key}, *this) {
    asio::post(io_, [this] { beat(); });
}

SimFtrack::Server::~Server() = default;

void SimFtrack::Server::run_there(std::function<void(World&)> function) {
    asio::dispatch(io_, [this, function = std::move(function)] { function(world_); });
}

void SimFtrack::Server::beat() {
    beat_.expires_after(options_.heartbeat);
    beat_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        hub_.heartbeat();
        beat();
    });
}

HttpHandler::Upgrade SimFtrack::Server::upgrade(const HttpRequest& request) {
    return request.target().starts_with("/socket.io/1/websocket/session-") ? Upgrade::take : Upgrade::end;
}

std::unique_ptr<SocketEnd> SimFtrack::Server::open_socket(Send send) {
    auto end = std::make_unique<HubEnd>(hub_, send);
    if (faults_.handshake != HandshakeFault::no_greeting) send("1::");
    return end;
}

HttpAnswer SimFtrack::Server::answer(const HttpRequest& request) {
    const auto path = text_of(request.target());
    HttpAnswer out;
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
    return out;
}

HttpAnswer SimFtrack::Server::answer_handshake(const HttpRequest& request) {
    ++world_.handshakes;
    HttpAnswer out;
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

HttpAnswer SimFtrack::Server::answer_api(const HttpRequest& request) {
    ++world_.api_requests;
    HttpAnswer out;
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

std::string SimFtrack::Server::operate(const HttpRequest& request, unsigned& status) {
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
