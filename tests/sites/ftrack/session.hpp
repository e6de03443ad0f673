// One TCP connection to the simulated site: HTTP requests, or a WebSocket of the hub.
#pragma once

#include "tests/sites/ftrack/server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace foley::sim {

// `server` outlives the session; without `tls` the connection is plain.
void start_session(SimFtrack::Server& server, boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls);

}  // namespace foley::sim
