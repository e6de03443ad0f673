#include "core/report/mail_sender.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <string_view>

#include <sys/socket.h>
#include <unistd.h>

namespace foley::core {
namespace {

constexpr int kLookAgain = 1000;  // ms; interrupt() wakes it earlier

// libcurl wants its global state made before the first handle and is happy to keep it until the process ends.
void initialise_curl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) throw std::bad_alloc();
}

struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
struct FreeEasy {
    void operator()(CURL* curl) const noexcept { curl_easy_cleanup(curl); }
};
struct FreeMulti {
    void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};

// What is left of a message to be read. A callback of libcurl must not throw.
struct Upload {
    std::string_view left;
};

std::size_t give_more(char* buffer, std::size_t, std::size_t room, void* self) noexcept {
    auto& upload = *static_cast<Upload*>(self);
    const std::size_t size = std::min(room, upload.left.size());
    std::memcpy(buffer, upload.left.data(), size);
    upload.left.remove_prefix(size);
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

class Transfer {
public:
    Transfer(CURLM* multi, Sockets& sockets, const MailServer& server, const Mail& mail)
        : multi_(multi), message_(to_message(mail)), upload_{message_}, curl_(curl_easy_init()) {
        if (!curl_) throw std::bad_alloc();
        for (const std::string& address : mail.to) {
            curl_slist* longer = curl_slist_append(recipients_.get(), ("<" + address + ">").c_str());
            if (longer == nullptr) throw std::bad_alloc();
            static_cast<void>(recipients_.release());
            recipients_.reset(longer);
        }
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

    [[noreturn]] void fail(CURLcode code, const MailServer& server) const {
        long answer = 0;
        curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &answer);
        std::string detail = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
        const std::string where = server.host + ":" + std::to_string(server.port);
        switch (code) {
            case CURLE_LOGIN_DENIED:
                throw MailError(MailError::Kind::away,
                                where + " does not accept the user and password of mail: " + detail);
            case CURLE_PEER_FAILED_VERIFICATION:
            case CURLE_SSL_CACERT_BADFILE:
                throw MailError(MailError::Kind::away,
                                where + " is not trusted: " + detail +
                                    ". If its certificate is of an authority of your own, name that as mail.ca_file.");
            case CURLE_USE_SSL_FAILED:
                throw MailError(MailError::Kind::away, where + " offers no STARTTLS: " + detail);
            default:
                break;
        }
        // A permanent answer to the sender, the recipients or the text; the server itself is well.
        const bool refused = answer >= 500 && answer < 600 && answer != 502 && answer != 530 && answer != 535;
        throw MailError(refused ? MailError::Kind::refused : MailError::Kind::away,
                        where + (refused ? " refuses a mail: " : " cannot be used: ") + detail +
                            (refused ? " (" + std::to_string(answer) + ")" : ""));
    }

private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        const CURLcode code = curl_easy_setopt(curl_.get(), option, value);
        if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
        if (code != CURLE_OK) {
            throw MailError(MailError::Kind::away,
                            std::string("libcurl refuses an option of the mail server: ") + curl_easy_strerror(code));
        }
    }

    void set_server(const MailServer& server) {
        const bool tls = server.tls == MailServer::Tls::tls;
        set(CURLOPT_URL, ((tls ? "smtps://" : "smtp://") + server.host + ":" + std::to_string(server.port)).c_str());
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        set(CURLOPT_PROXY, "");  // nor one of the environment
        set(CURLOPT_USE_SSL, static_cast<long>(server.tls == MailServer::Tls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
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

    void set_mail(const Mail& mail) {
        set(CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
        set(CURLOPT_MAIL_RCPT, recipients_.get());
        set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one address that is wrong does not keep the mail from the others
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_READFUNCTION, &give_more);
        set(CURLOPT_READDATA, &upload_);
        set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message_.size()));
    }

    CURLM* multi_;
    std::string message_;
    Upload upload_;
    std::unique_ptr<curl_slist, FreeList> recipients_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::unique_ptr<CURL, FreeEasy> curl_;  // goes first: it knows all of the above
};

// The multi interface, since it can be woken.
class SmtpSender final : public MailSender {
public:
    SmtpSender() : multi_((initialise_curl(), curl_multi_init())) {
        if (!multi_) throw std::bad_alloc();
    }

    void send(const MailServer& server, const Mail& mail) override {
        Transfer transfer(multi_.get(), sockets_, server, mail);
        for (;;) {
            int running = 0;
            if (interrupted_) throw MailError(MailError::Kind::away, "interrupted");
            const CURLMcode code = curl_multi_perform(multi_.get(), &running);
            if (code != CURLM_OK) throw MailError(MailError::Kind::away, curl_multi_strerror(code));
            if (const std::optional<CURLcode> result = transfer.result()) {
                if (*result != CURLE_OK) transfer.fail(*result, server);
                return;
            }
            curl_multi_poll(multi_.get(), nullptr, 0, kLookAgain, nullptr);
        }
    }

    void interrupt() noexcept override {
        interrupted_ = true;
        sockets_.shut_down();
        curl_multi_wakeup(multi_.get());
    }

private:
    Sockets sockets_;  // outlives the connections
    std::unique_ptr<CURLM, FreeMulti> multi_;
    std::atomic<bool> interrupted_ = false;
};

}  // namespace

std::unique_ptr<MailSender> make_smtp_sender() {
    return std::make_unique<SmtpSender>();
}

}  // namespace foley::core
