#include "notify/delivery.hpp"
#include "notify/mail.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

namespace notify {
namespace {

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

// A callback of libcurl must not throw.
std::size_t give_more(char* buffer, std::size_t, std::size_t room, void* self) noexcept {
    auto& left = *static_cast<std::string_view*>(self);
    const std::size_t size = std::min(room, left.size());
    std::memcpy(buffer, left.data(), size);
    left.remove_prefix(size);
    return size;
}

class Transfer {
public:
    Transfer(const MailServer& server, const Mail& mail)
        : message_(message_of(mail)), left_(message_), curl_((initialise_curl(), curl_easy_init())) {
        if (!curl_) throw std::bad_alloc();
        for (const auto& address : mail.to) {
            curl_slist* longer = curl_slist_append(recipients_.get(), fmt::format("<{}>", address).c_str());
            if (longer == nullptr) throw std::bad_alloc();
            static_cast<void>(recipients_.release());
            recipients_.reset(longer);
        }
        const bool tls = server.tls == MailServer::Tls::tls;
        set(CURLOPT_URL, fmt::format("{}://{}:{}", tls ? "smtps" : "smtp", server.host, server.port).c_str());
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
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_ERRORBUFFER, error_.data());
        set(CURLOPT_MAIL_FROM, fmt::format("<{}>", mail.from).c_str());
        set(CURLOPT_MAIL_RCPT, recipients_.get());
        set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one address that is wrong does not keep the mail from the others
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_READFUNCTION, &give_more);
        set(CURLOPT_READDATA, &left_);
        set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message_.size()));
    }

    void perform(const MailServer& server) {
        const CURLcode code = curl_easy_perform(curl_.get());
        // Taken by the server: whether the farewell went well is of no account.
        if (code == CURLE_OK) return;
        long answer = 0;
        curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &answer);
        const std::string detail = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
        const auto where = fmt::format("The mail server {}:{}", server.host, server.port);
        switch (code) {
            case CURLE_LOGIN_DENIED:
                throw DeliveryAway(fmt::format("{} does not accept smtp_user and smtp_password: {}", where, detail));
            case CURLE_PEER_FAILED_VERIFICATION:
            case CURLE_SSL_CACERT_BADFILE:
                throw DeliveryAway(
                    fmt::format("{} is not trusted: {}. If its certificate is of an authority of your "
                                "own, name that as smtp_ca_file.",
                                where, detail));
            case CURLE_USE_SSL_FAILED:
                throw DeliveryAway(fmt::format("{} offers no STARTTLS: {}", where, detail));
            default:
                break;
        }
        if (answer >= 500 && answer < 600 && answer != 502 && answer != 530 && answer != 535)
            throw DeliveryRefused(fmt::format("{} refuses the mail: {} ({})", where, detail, answer));
        if (answer >= 450 && answer < 453)
            throw DeliveryLater(fmt::format("{} takes the mail later: {} ({})", where, detail, answer));
        throw DeliveryAway(fmt::format("{} cannot be used: {}", where, detail));
    }

private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        const CURLcode code = curl_easy_setopt(curl_.get(), option, value);
        if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
        if (code != CURLE_OK)
            throw DeliveryAway(
                fmt::format("libcurl refuses an option of the mail server: {}", curl_easy_strerror(code)));
    }

    std::string message_;
    std::string_view left_;
    std::unique_ptr<curl_slist, FreeList> recipients_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::unique_ptr<CURL, FreeEasy> curl_;  // goes first: it knows all of the above
};

}  // namespace

void send(const MailServer& server, const Mail& mail) {
    Transfer(server, mail).perform(server);
}

}  // namespace notify
