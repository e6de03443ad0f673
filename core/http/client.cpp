#include "core/http/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <limits>
#include <optional>

namespace foley::core {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Local = asio::local::stream_protocol;
using Kind = HttpClientError::Kind;
using Request = http::request<http::string_body>;
using Parser = http::response_parser<http::string_body>;

}  // namespace

class HttpClient::Impl {
public:
    Impl(std::filesystem::path socket, std::chrono::milliseconds timeout)
        : socket_(std::move(socket)), timeout_(timeout) {}

    HttpResponse request(Request& message) {
        const bool fresh = !stream_;
        if (fresh) connect();
        boost::system::error_code error = exchange(message);
        // A server may close an idle connection at any time. What only reads is then asked again; of anything else it
        // cannot be known whether it was done.
        const bool closed = error == http::error::end_of_stream || error == asio::error::broken_pipe ||
                            error == asio::error::connection_reset;
        if (closed && !fresh && message.method() == http::verb::get) {
            connect();
            error = exchange(message);
        }
        if (error == beast::error::timeout) fail(Kind::timeout, "does not answer");
        if (error) fail(Kind::broken, "ended the conversation: " + error.message());
        return take_response();
    }

private:
    [[noreturn]] void fail(Kind kind, const std::string& what) {
        stream_.reset();
        throw HttpClientError(kind, "the process behind " + socket_.string() + " " + what);
    }

    // The asynchronous operations are the ones with a timeout; each is run to its end here.
    boost::system::error_code run(boost::system::error_code& result) {
        io_.restart();
        io_.run();
        return result;
    }

    void connect() {
        stream_.emplace(io_);
        buffer_.clear();
        boost::system::error_code error;
        stream_->socket().connect(Local::endpoint(socket_.string()), error);
        if (!error) return;
        stream_.reset();
        throw HttpClientError(Kind::unreachable, socket_.string() + ": " + error.message());
    }

    boost::system::error_code exchange(Request& message) {
        boost::system::error_code result;
        stream_->expires_after(timeout_);
        http::async_write(*stream_, message,
                          [&result](const boost::system::error_code& error, std::size_t /*bytes*/) { result = error; });
        if (run(result)) return result;
        parser_.emplace();
        parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
        http::async_read(*stream_, buffer_, *parser_,
                         [&result](const boost::system::error_code& error, std::size_t /*bytes*/) { result = error; });
        return run(result);
    }

    HttpResponse take_response() {
        auto message = parser_->release();
        HttpResponse response;
        response.status = message.result_int();
        response.content_type = std::string(message[http::field::content_type]);
        for (const auto& field : message) {
            response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
        }
        response.body = std::move(message.body());
        if (!message.keep_alive()) stream_.reset();
        return response;
    }

    std::filesystem::path socket_;
    std::chrono::milliseconds timeout_;
    asio::io_context io_;
    std::optional<beast::basic_stream<Local>> stream_;
    beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
};

HttpClient::HttpClient(std::filesystem::path socket, std::chrono::milliseconds timeout)
    : impl_(std::make_unique<Impl>(std::move(socket), timeout)) {}

HttpClient::~HttpClient() = default;

HttpResponse HttpClient::request(const std::string& method, const std::string& target, std::string body,
                                 const std::string& content_type) {
    Request message;
    message.version(11);
    message.method_string(method);
    message.target(target);
    message.set(http::field::host, "foleyd");
    if (!body.empty()) message.set(http::field::content_type, content_type);
    message.body() = std::move(body);
    message.prepare_payload();
    return impl_->request(message);
}

}  // namespace foley::core
