// Faults of the simulated site, on demand.
#pragma once

#include <chrono>
#include <deque>
#include <string>

namespace foley::sim {

// What the hub's handshake answers.
enum class HandshakeFault {
    none,
    busy,          // 503
    unauthorised,  // 401
    error_object,  // 200 with a JSON object
    empty,         // 200 with nothing
    html,          // 200 with a page
    not_found,     // 404
    no_websocket,  // 200, only xhr-polling
    silence,       // no answer
    no_greeting,   // the WebSocket opens, and no `1::` comes
    session_only,  // 200 with a session id and nothing behind it
};

// What one request to the API gets instead of, or after, its answer.
struct ApiFault {
    enum class Kind {
        status,        // an HTTP status with a plain text
        error_object,  // {"exception", "content"} with `status`
        malformed,     // JSON that breaks off
        html,          // a proxy's page with 200
        wrong_form,    // JSON, but not an array of the right size
        silence,       // no answer
        reset,         // the connection is reset before the request is looked at
        lost_answer,   // the request is carried out, and the connection reset before the answer
        slow,          // the answer comes after `delay`
    };
    Kind kind = Kind::status;
    unsigned status = 503;
    std::string text = "ServerError";  // exception, or Retry-After of a status
    std::chrono::milliseconds delay{0};
};

struct Faults {
    HandshakeFault handshake = HandshakeFault::none;
    std::deque<ApiFault> api;    // one per request, in order
    bool always_reduce = false;  // entities are reduced to type and key also when asked not to
    bool no_metadata = false;    // answers to queries have no `metadata`
    bool no_link = false;        // the rows in them have no `link`
    bool no_schema = false;
};

}  // namespace foley::sim
