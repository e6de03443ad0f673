#include "core/http/session.hpp"

#include <boost/asio/post.hpp>

#include <cctype>

namespace foley::core {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::chrono::milliseconds kLinger{2000};
constexpr std::size_t kDrained = std::size_t{16} << 10;

std::string lower_case(beast::string_view text) {
    std::string result(text.data(), text.size());
    for (char& c : result)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

HttpRequest to_request(http::request<http::string_body>&& message) {
    HttpRequest request;
    request.method = std::string(message.method_string());
    const std::string target(message.target());
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = parse_query(std::string_view(target).substr(question + 1));
    for (const auto& field : message) {
        request.headers[lower_case(field.name_string())] = std::string(field.value());
    }
    request.body = std::move(message.body());
    return request;
}

}  // namespace

HttpSession::HttpSession(boost::asio::io_context& io, Socket socket, std::shared_ptr<const Router> router,
                         const HttpLimits& limits, std::function<void()> ended)
    : io_(io),
      stream_(std::move(socket)),
      handler_timer_(io),
      router_(std::move(router)),
      limits_(limits),
      ended_(std::move(ended)) {}

HttpSession::~HttpSession() {
    ended_();
}

void HttpSession::start() {
    read();
}

void HttpSession::refuse(HttpResponse response) {
    stream_.expires_after(limits_.request_timeout);
    write(std::move(response), false);
}

void HttpSession::close() {
    handler_timer_.cancel();
    boost::system::error_code ignored;
    stream_.socket().close(ignored);
}

void HttpSession::read() {
    parser_.emplace();
    parser_->body_limit(limits_.body);
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header));
    stream_.expires_after(buffer_.size() == 0 ? limits_.idle_timeout : limits_.request_timeout);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](const boost::system::error_code& error, std::size_t /*bytes*/) {
                                self->on_header(error);
                            });
}

void HttpSession::on_header(const boost::system::error_code& error) {
    if (error) {
        refuse_request(error);
        return;
    }
    stream_.expires_after(limits_.request_timeout);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const boost::system::error_code& failure, std::size_t /*bytes*/) {
                         self->on_read(failure);
                     });
}

void HttpSession::on_read(const boost::system::error_code& error) {
    if (error) {
        refuse_request(error);
        return;
    }
    dispatch();
}

// What the client sent wrong is told to it; a connection that ended or fell silent has nobody to tell.
void HttpSession::refuse_request(const boost::system::error_code& error) {
    unread_ = true;
    if (error == http::error::body_limit) {
        refuse(error_response(413, "the body is larger than " + std::to_string(limits_.body) + " bytes"));
    } else if (error == http::error::header_limit) {
        refuse(error_response(431, "the headers are larger than " + std::to_string(limits_.header) + " bytes"));
    } else if (error.category() == make_error_code(http::error::bad_method).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
        refuse(error_response(400, "this is not HTTP/1.1: " + error.message()));
    } else {
        close();
    }
}

void HttpSession::dispatch() {
    stream_.expires_never();
    answered_ = false;
    const std::uint64_t number = ++number_;
    handler_timer_.expires_after(limits_.handler_timeout);
    handler_timer_.async_wait([weak = weak_from_this(), number](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (self && !error) self->answer(number, error_response(504, "foleyd did not answer in time"));
    });
    // Posted, so that the session is touched by its own thread only, whoever answers. The responder keeps the session
    // alive while no operation is in flight on its socket.
    Responder respond([self = shared_from_this(), number](HttpResponse response) {
        boost::asio::post(self->io_, [self, number, response = std::move(response)]() mutable {
            self->answer(number, std::move(response));
        });
    });
    router_->dispatch(to_request(parser_->release()), respond);
}

void HttpSession::answer(std::uint64_t number, HttpResponse response) {
    if (answered_ || number != number_ || !stream_.socket().is_open()) return;
    answered_ = true;
    handler_timer_.cancel();
    const bool keep_alive = parser_->keep_alive();
    stream_.expires_after(limits_.request_timeout);
    write(std::move(response), keep_alive);
}

void HttpSession::write(HttpResponse response, bool keep_alive) {
    reply_ = std::make_unique<Reply>();
    reply_->version(11);
    reply_->result(response.status);
    reply_->set(http::field::content_type, response.content_type);
    reply_->set(http::field::cache_control, "no-store");
    for (const auto& [name, value] : response.headers)
        reply_->set(name, value);
    reply_->keep_alive(keep_alive);
    reply_->body() = std::move(response.body);
    reply_->prepare_payload();
    http::async_write(
        stream_, *reply_,
        [self = shared_from_this(), keep_alive](const boost::system::error_code& error, std::size_t /*bytes*/) {
            self->on_written(keep_alive, error);
        });
}

void HttpSession::on_written(bool keep_alive, const boost::system::error_code& error) {
    reply_.reset();
    if (error || !keep_alive) {
        boost::system::error_code ignored;
        stream_.socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
        if (error || !unread_) {
            close();
            return;
        }
        stream_.expires_after(kLinger);
        drain();
        return;
    }
    read();
}

// A connection that is closed with something unread is reset, and takes the answer with it before the client has seen
// it. So what the client still sends is read for a while, and dropped.
void HttpSession::drain() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kDrained),
                            [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                                if (error) {
                                    self->close();
                                } else {
                                    self->drain();
                                }
                            });
}

}  // namespace foley::core
