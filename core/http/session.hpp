// HttpSession: one connection of an HttpServer: reads a request, has it answered, and so on until either side ends.
//
// Owner: its own operations in flight. Thread: the server's. Errors end the connection.
#pragma once

#include "core/http/router.hpp"
#include "core/http/server.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace foley::core {

class HttpSession : public std::enable_shared_from_this<HttpSession> {
public:
    using Socket = boost::asio::generic::stream_protocol::socket;

    // `ended` is called once, when the connection is over.
    HttpSession(boost::asio::io_context& io, Socket socket, std::shared_ptr<const Router> router,
                const HttpLimits& limits, std::function<void()> ended);
    ~HttpSession();
    HttpSession(const HttpSession&) = delete;
    HttpSession& operator=(const HttpSession&) = delete;

    void start();
    void refuse(HttpResponse response);  // answers without reading, and ends
    void close();

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using Reply = boost::beast::http::response<boost::beast::http::string_body>;

    void read();
    void on_header(const boost::system::error_code& error);
    void on_read(const boost::system::error_code& error);
    void dispatch();
    void answer(std::uint64_t number, HttpResponse response);
    void write(HttpResponse response, bool keep_alive);
    void on_written(bool keep_alive, const boost::system::error_code& error);
    void drain();
    void refuse_request(const boost::system::error_code& error);

    boost::asio::io_context& io_;
    boost::beast::basic_stream<boost::asio::generic::stream_protocol> stream_;
    boost::asio::steady_timer handler_timer_;
    boost::beast::flat_buffer buffer_;
    std::shared_ptr<const Router> router_;
    HttpLimits limits_;
    std::function<void()> ended_;
    std::optional<Parser> parser_;
    std::unique_ptr<Reply> reply_;
    std::uint64_t number_ = 0;  // of the present request, so that a late answer to an earlier one is dropped
    bool answered_ = true;
    bool unread_ = false;  // the client was told no before it had sent all
};

}  // namespace foley::core
