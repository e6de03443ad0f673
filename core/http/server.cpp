#include "core/http/server.hpp"

#include "core/http/session.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cerrno>
#include <set>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using Tcp = asio::ip::tcp;

[[noreturn]] void refuse(const std::string& what, const std::string& why) {
    throw std::runtime_error(what + ": " + why);
}

// Removes the socket file of a server that is gone. Leaves everything else alone and says why.
void remove_stale_socket(asio::io_context& io, const std::filesystem::path& path, const std::string& what) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) {
        if (errno == ENOENT) return;
        refuse(what, std::generic_category().message(errno));
    }
    if (!S_ISSOCK(facts.st_mode)) refuse(what, "there is a file of this name that is not a socket; move it away");
    Local::socket probe(io);
    boost::system::error_code error;
    probe.connect(Local::endpoint(path.string()), error);
    if (!error) refuse(what, "another process answers on this socket; end it, or choose another control.socket");
    if (error != asio::error::connection_refused) refuse(what, error.message());
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) refuse(what, std::generic_category().message(errno));
}

gid_t group_id(const std::string& name, const std::string& what) {
    std::vector<char> buffer(16384);
    struct group entry {};
    struct group* found = nullptr;
    const int error = ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr) {
        refuse(what, "there is no group " + name + (error != 0 ? ": " + std::generic_category().message(error) : ""));
    }
    return entry.gr_gid;
}

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<HttpServer::Impl> {
public:
    Impl(asio::io_context& io, Router router, HttpLimits limits)
        : io_(io), router_(std::make_shared<const Router>(std::move(router))), limits_(limits) {}

    void listen(const UnixListener& listener) {
        const std::string what = "cannot listen on " + listener.path.string();
        const bool group_set = !listener.group.empty();
        const gid_t group = group_set ? group_id(listener.group, what) : 0;
        remove_stale_socket(io_, listener.path, what);
        Local::acceptor acceptor(io_, Local());
        // The mode of an unbound socket becomes that of its file: nobody else gets in before it is right.
        if (::fchmod(acceptor.native_handle(), 0600) != 0) refuse(what, std::generic_category().message(errno));
        boost::system::error_code error;
        acceptor.bind(Local::endpoint(listener.path.string()), error);
        if (error) refuse(what, error.message());
        socket_files_.push_back(listener.path);
        const bool chowned = !group_set || ::lchown(listener.path.c_str(), static_cast<uid_t>(-1), group) == 0;
        if (!chowned || ::chmod(listener.path.c_str(), listener.mode) != 0) {
            const int code = errno;
            refuse(what, (chowned ? "cannot set its mode: " : "cannot give it to group " + listener.group + ": ") +
                             std::generic_category().message(code));
        }
        acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error) refuse(what, error.message());
        unix_acceptors_.push_back(std::make_shared<Local::acceptor>(std::move(acceptor)));
        accept(unix_acceptors_.back());
    }

    std::uint16_t listen_tcp(const std::string& address, std::uint16_t port) {
        const std::string what = "cannot listen on " + address + " port " + std::to_string(port);
        boost::system::error_code error;
        const auto parsed = asio::ip::make_address(address, error);
        if (error) refuse(what, "'" + address + "' is not an address such as 127.0.0.1 or ::1");
        const Tcp::endpoint endpoint(parsed, port);
        Tcp::acceptor acceptor(io_, endpoint.protocol());
        acceptor.set_option(asio::socket_base::reuse_address(true), error);
        acceptor.bind(endpoint, error);
        if (error) refuse(what, error.message());
        acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error) refuse(what, error.message());
        const std::uint16_t chosen = acceptor.local_endpoint().port();
        tcp_acceptors_.push_back(std::make_shared<Tcp::acceptor>(std::move(acceptor)));
        accept(tcp_acceptors_.back());
        return chosen;
    }

    void stop() {
        stopped_ = true;
        boost::system::error_code ignored;
        for (const auto& acceptor : unix_acceptors_)
            acceptor->close(ignored);
        for (const auto& acceptor : tcp_acceptors_)
            acceptor->close(ignored);
        retry_timers_.clear();
        const auto sessions = sessions_;  // closing one may take it out of the set
        for (const auto& weak : sessions) {
            if (const auto session = weak.lock()) session->close();
        }
        for (const auto& file : socket_files_)
            ::unlink(file.c_str());
        socket_files_.clear();
    }

private:
    using WeakSession = std::weak_ptr<HttpSession>;

    template <typename Acceptor>
    void accept(const std::shared_ptr<Acceptor>& acceptor) {
        acceptor->async_accept(
            [self = shared_from_this(), acceptor](const boost::system::error_code& error, auto socket) {
                if (self->stopped_ || error == asio::error::operation_aborted) return;
                if (error) {
                    self->accept_later(acceptor);
                    return;
                }
                self->begin(HttpSession::Socket(std::move(socket)));
                self->accept(acceptor);
            });
    }

    // Out of descriptors, most likely: trying again at once would spin.
    template <typename Acceptor>
    void accept_later(const std::shared_ptr<Acceptor>& acceptor) {
        auto timer = std::make_shared<asio::steady_timer>(io_, std::chrono::milliseconds(100));
        retry_timers_.insert(timer);
        timer->async_wait([self = shared_from_this(), acceptor, timer](const boost::system::error_code& error) {
            self->retry_timers_.erase(timer);
            if (!error && !self->stopped_) self->accept(acceptor);
        });
    }

    void begin(HttpSession::Socket socket) {
        auto entry = std::make_shared<WeakSession>();
        auto session =
            std::make_shared<HttpSession>(io_, std::move(socket), router_, limits_, [weak = weak_from_this(), entry] {
                if (const auto self = weak.lock()) self->sessions_.erase(*entry);
            });
        *entry = session;
        const bool crowded = sessions_.size() >= limits_.connections;
        sessions_.insert(session);
        if (crowded) {
            session->refuse(error_response(503, "foleyd has too many connections already; try again"));
        } else {
            session->start();
        }
    }

    asio::io_context& io_;
    std::shared_ptr<const Router> router_;
    HttpLimits limits_;
    bool stopped_ = false;
    std::vector<std::shared_ptr<Local::acceptor>> unix_acceptors_;
    std::vector<std::shared_ptr<Tcp::acceptor>> tcp_acceptors_;
    std::set<std::shared_ptr<asio::steady_timer>> retry_timers_;
    std::set<WeakSession, std::owner_less<WeakSession>> sessions_;
    std::vector<std::filesystem::path> socket_files_;
};

HttpServer::HttpServer(boost::asio::io_context& io, Router router, HttpLimits limits)
    : impl_(std::make_shared<Impl>(io, std::move(router), limits)) {}

HttpServer::~HttpServer() {
    impl_->stop();
}

void HttpServer::listen(const UnixListener& listener) {
    impl_->listen(listener);
}

std::uint16_t HttpServer::listen_tcp(const std::string& address, std::uint16_t port) {
    return impl_->listen_tcp(address, port);
}

void HttpServer::stop() {
    impl_->stop();
}

}  // namespace foley::core
