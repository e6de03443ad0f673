#include "curl_handles.hpp"

#include <foley/site/smtp.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>

#include <sys/socket.h>
#include <unistd.h>

namespace foley::site {
namespace {

using Kind = SmtpError::Kind;

constexpr int kLookAgain = 1000;  // ms; interrupt() wakes it earlier

// A callback of libcurl must not throw.
std::size_t give_more(char* buffer, std::size_t, std::size_t room, void* self) noexcept {
    auto& left = *static_cast<std::string_view*>(self);
    const std::size_t size = std::min(room, left.size());
    std::memcpy(buffer, left.data(), size);
    left.remove_prefix(size);
    return size;
}

// The sockets that libcurl has open. To let go of a connection libcurl says QUIT and blocks until that is answered,
// which a server that hangs never does; a socket that is shut down ends that at once.
class Sockets {
public:
    // From any thread; none is opened any more.
    void shut_down() noexcept {
        const std::lock_guard lock(mutex_);
        shut_down_ = true;
        for (const curl_socket_t socket : open_)
            ::shutdown(socket, SHUT_RDWR);
    }

    static curl_socket_t open(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) noexcept {
        auto& sockets = *static_cast<Sockets*>(self);
        const std::lock_guard lock(sockets.mutex_);
        if (sockets.shut_down_) return CURL_SOCKET_BAD;
        const int made = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
        try {
            if (made >= 0) sockets.open_.insert(made);
        } catch (const std::bad_alloc&) {
            ::close(made);
            return CURL_SOCKET_BAD;
        }
        return made;
    }
    static int close(void* self, curl_socket_t socket) noexcept {
        auto& sockets = *static_cast<Sockets*>(self);
        const std::lock_guard lock(sockets.mutex_);
        sockets.open_.erase(socket);
        return ::close(socket);
    }

private:
    std::mutex mutex_;
    std::set<curl_socket_t> open_;
    bool shut_down_ = false;
};

std::string shown(const SmtpServer& server) {
    return server.host + ":" + std::to_string(server.port);
}

class Transfer {
public:
    Transfer(CURLM* multi, Sockets& sockets, const SmtpServer& server, const SmtpMail& mail)
        : multi_(multi), left_(mail.message), curl_(curl_easy_init()) {
        if (!curl_) throw std::bad_alloc();
        for (const std::string& address : mail.to)
            append(recipients_, std::string("<").append(address).append(">"));
        set_server(server);
        set_mail(mail);
        set(CURLOPT_OPENSOCKETFUNCTION, &Sockets::open);
        set(CURLOPT_OPENSOCKETDATA, &sockets);
        set(CURLOPT_CLOSESOCKETFUNCTION, &Sockets::close);
        set(CURLOPT_CLOSESOCKETDATA, &sockets);
        if (curl_multi_add_handle(multi_, curl_.get()) != CURLM_OK) throw std::bad_alloc();
    }
    ~Transfer() { curl_multi_remove_handle(multi_, curl_.get()); }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    // Nothing: it goes on.
    std::optional<CURLcode> result() {
        int waiting = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_, &waiting)) {
            if (message->msg == CURLMSG_DONE) return message->data.result;
        }
        return std::nullopt;
    }

    SmtpError error(CURLcode code, const SmtpServer& server) const {
        long answer = 0;
        curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &answer);
        std::string detail = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
        const auto said = [&](Kind kind, std::string_view what) {
            std::string sentence = shown(server);
            return SmtpError(kind, sentence.append(" ").append(what).append(": ").append(detail));
        };
        switch (code) {
            case CURLE_LOGIN_DENIED:
                return said(Kind::login, "does not accept the user and password");
            case CURLE_PEER_FAILED_VERIFICATION:
            case CURLE_SSL_CACERT_BADFILE:
                return said(Kind::untrusted, "is not trusted");
            case CURLE_USE_SSL_FAILED:
                return said(Kind::no_tls, "offers no STARTTLS");
            default:
                break;
        }
        // A permanent answer to the sender, the recipients or the text; the server itself is well.
        const bool refused = answer >= 500 && answer < 600 && answer != 502 && answer != 530 && answer != 535;
        const bool later = answer >= 450 && answer < 453;
        if (!refused && !later) return said(Kind::away, "cannot be used");
        detail.append(" (").append(std::to_string(answer)).append(")");
        return refused ? said(Kind::refused, "refuses a mail") : said(Kind::later, "takes a mail later");
    }

private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        const CURLcode code = curl_easy_setopt(curl_.get(), option, value);
        if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
        if (code != CURLE_OK) {
            throw SmtpError(Kind::away,
                            std::string("libcurl refuses an option of the mail server: ") + curl_easy_strerror(code));
        }
    }

    void set_server(const SmtpServer& server) {
        const bool tls = server.tls == SmtpServer::Tls::tls;
        set(CURLOPT_URL, std::string(tls ? "smtps://" : "smtp://").append(shown(server)).c_str());
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        set(CURLOPT_PROXY, "");  // nor one of the environment
        set(CURLOPT_USE_SSL, static_cast<long>(server.tls == SmtpServer::Tls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        if (!server.ca_file.empty()) set(CURLOPT_CAINFO, server.ca_file.c_str());
        if (!server.user.empty()) {
            set(CURLOPT_USERNAME, server.user.c_str());
            set(CURLOPT_PASSWORD, server.password.reveal().c_str());
        }
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(server.timeout.count()));
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(server.timeout.count()));
        const auto patience = std::chrono::ceil<std::chrono::seconds>(server.timeout);
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(patience.count()));  // of the farewell too
        set(CURLOPT_FORBID_REUSE, 1L);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs does not hold up the end
        set(CURLOPT_ERRORBUFFER, error_.data());
    }

    void set_mail(const SmtpMail& mail) {
        set(CURLOPT_MAIL_FROM, std::string("<").append(mail.from).append(">").c_str());
        set(CURLOPT_MAIL_RCPT, recipients_.get());
        set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one address that is wrong does not keep the mail from the others
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_READFUNCTION, &give_more);
        set(CURLOPT_READDATA, &left_);
        set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.message.size()));
    }

    CURLM* multi_;
    std::string_view left_;  // of the message, to be read
    CurlList recipients_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    CurlEasy curl_;  // goes first: it knows all of the above
};

}  // namespace

// The multi interface, since it can be woken.
struct Smtp::Impl {
    Impl() : multi((initialise_curl(), curl_multi_init())) {
        if (!multi) throw std::bad_alloc();
    }

    Sockets sockets;  // outlives the connections
    CurlMulti multi;
    std::atomic<bool> interrupted = false;
};

Smtp::Smtp() : impl_(std::make_unique<Impl>()) {}

Smtp::~Smtp() = default;

void Smtp::send(const SmtpServer& server, const SmtpMail& mail) {
    CURLM* multi = impl_->multi.get();
    Transfer transfer(multi, impl_->sockets, server, mail);
    for (;;) {
        int running = 0;
        if (impl_->interrupted) throw SmtpError(Kind::interrupted, "interrupted");
        const CURLMcode code = curl_multi_perform(multi, &running);
        if (code != CURLM_OK) throw SmtpError(Kind::away, curl_multi_strerror(code));
        if (const std::optional<CURLcode> result = transfer.result()) {
            if (*result == CURLE_OK) return;
            // Its connection was shut down before this loop looked at the flag.
            if (impl_->interrupted) throw SmtpError(Kind::interrupted, "interrupted");
            throw transfer.error(*result, server);
        }
        curl_multi_poll(multi, nullptr, 0, kLookAgain, nullptr);
    }
}

void Smtp::interrupt() noexcept {
    impl_->interrupted = true;
    impl_->sockets.shut_down();
    curl_multi_wakeup(impl_->multi.get());
}

}  // namespace foley::site
