// What a simulated site says to what it is asked over HTTP, and over a WebSocket where it has one.
//
// Thread: everything is called on the simulation's.
#pragma once

#include <boost/beast/http.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace foley::sim {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

struct HttpAnswer {
    HttpResponse response{};
    bool reset = false;  // instead of sending it
    bool cut = false;    // after half of it
    bool never = false;
    std::chrono::milliseconds delay{0};
};

// Our end of a WebSocket. It is destroyed when the connection ends.
class SocketEnd {
public:
    virtual ~SocketEnd() = default;
    // False ends the connection.
    virtual bool receive(const std::string& text) = 0;
};

class HttpHandler {
public:
    using Send = std::function<void(std::string text)>;

    virtual ~HttpHandler() = default;
    // A connection was accepted.
    virtual void connected() {}
    // Version, keep-alive and length of the response are set afterwards.
    virtual HttpAnswer answer(const HttpRequest& request) = 0;

    // What becomes of a request for a WebSocket: it is answered as any other, or taken, or its connection ends.
    enum class Upgrade { answer, take, end };
    virtual Upgrade upgrade(const HttpRequest& /*request*/) { return Upgrade::answer; }
    // Of one that was taken. `send` can be called until the end is destroyed.
    virtual std::unique_ptr<SocketEnd> open_socket(Send /*send*/) { return nullptr; }
};

}  // namespace foley::sim
