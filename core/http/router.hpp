// Router: which handler answers which method and path.
//
// A pattern is a path whose segments may be captures: "/v1/plugins/{name}/enable". A literal segment wins over a
// capture. Filled before the server starts; afterwards immutable.
#pragma once

#include "core/http/message.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

// Answers one request, now or later, from any thread, once: a second answer is dropped. When the last copy goes away
// without an answer the client gets a 500.
class Responder {
public:
    using Send = std::function<void(HttpResponse)>;
    explicit Responder(Send send);

    void operator()(HttpResponse response) const;
    void json(std::string body) const { (*this)({200, std::move(body), "application/json", {}}); }
    void error(unsigned status, std::string_view sentence) const { (*this)(error_response(status, sentence)); }

private:
    class State;
    std::shared_ptr<State> state_;
};

// Called on the server's thread. What it throws becomes a 500 with the exception's sentence.
using HttpHandler = std::function<void(const HttpRequest& request, Responder respond)>;

class Router {
public:
    void add(std::string method, std::string_view pattern, HttpHandler handler);

    // Fills request.captures and calls the handler; answers 404 and 405 itself.
    void dispatch(HttpRequest request, const Responder& respond) const;

private:
    struct Route {
        std::string method;
        std::vector<std::string> segments;
        HttpHandler handler;
    };
    std::vector<Route> routes_;
};

}  // namespace foley::core
