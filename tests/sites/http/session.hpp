// One connection to a simulated site: HTTP requests, or a WebSocket, plain or over TLS.
#pragma once

#include "tests/sites/http/front.hpp"

namespace foley::sim {

// Serves it until it ends. `front` outlives the session; without `tls` the connection is plain.
void start_http_session(HttpFront& front, boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls);

}  // namespace foley::sim
