#include "curl_handles.hpp"

#include <foley/site/curl_transport.hpp>

#include <array>
#include <charconv>
#include <new>

namespace foley::site {

namespace {

// What one transfer collects. A callback of libcurl must not throw.
struct Transfer {
    Response response;
    std::size_t limit = 0;
    bool too_large = false;
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto& transfer = *static_cast<Transfer*>(self);
    if (size > transfer.limit - transfer.response.body.size()) {
        transfer.too_large = true;
        return 0;
    }
    try {
        transfer.response.body.append(data, size);
    } catch (const std::bad_alloc&) {
        transfer.too_large = true;
        return 0;
    }
    return size;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto& headers = static_cast<Transfer*>(self)->response.headers;
    const std::string_view line(data, size);
    try {
        if (line.starts_with("HTTP/")) {
            headers.clear();  // the headers of an interim answer (100 Continue) are not those of the answer
        } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
            headers.emplace_back(std::string(trimmed(line.substr(0, colon))),
                                 std::string(trimmed(line.substr(colon + 1))));
        }
    } catch (const std::bad_alloc&) {
        return 0;
    }
    return size;
}

int ask_whether_interrupted(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
    const auto& interrupted = *static_cast<const std::function<bool()>*>(self);
    return interrupted() ? 1 : 0;
}

// libcurl's own words on what went wrong. Of a proxy's address that it cannot read it repeats all, password included.
std::string without(std::string text, const std::string& proxy) {
    const auto at = proxy.empty() ? std::string::npos : text.find(proxy);
    return at == std::string::npos ? text : text.replace(at, proxy.size(), "(the proxy's address)");
}

[[noreturn]] void proxy_refuses(const Request& request) {
    throw AuthenticationError((request.what.empty() ? request.method : request.what) +
                              ": the proxy wants a user and password, or does not take those in its address.");
}

// Scheme, host and port: what may be shown of a URL. User info and query may hold credentials.
std::string origin_of(const std::string& url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return "(no URL)";
    const auto start = scheme + 3;
    const auto end = url.find_first_of("/?#", start);
    std::string authority = url.substr(start, end == std::string::npos ? end : end - start);
    if (const auto at = authority.rfind('@'); at != std::string::npos) authority.erase(0, at + 1);
    return url.substr(0, start) + authority;
}

}  // namespace

struct CurlTransport::Handle {
    Handle() : curl((initialise_curl(), curl_easy_init())) {
        if (curl == nullptr) throw std::bad_alloc();
    }
    ~Handle() { curl_easy_cleanup(curl); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    template <typename Value>
    void set(CURLoption option, Value value) {
        const CURLcode code = curl_easy_setopt(curl, option, value);
        if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
        if (code != CURLE_OK)
            throw ValidationError(std::string("libcurl refuses an option of this connection: ") +
                                  curl_easy_strerror(code));
    }

    long info(CURLINFO what) const {
        long value = 0;
        curl_easy_getinfo(curl, what, &value);
        return value;
    }

    CURL* curl;
    std::array<char, CURL_ERROR_SIZE> error{};
};

CurlTransport::CurlTransport(Options options) : options_(std::move(options)), handle_(std::make_unique<Handle>()) {}

CurlTransport::~CurlTransport() = default;

namespace {

[[noreturn]] void throw_error(CURLcode code, const std::string& detail, const Request& request, bool sent) {
    const std::string subject = (request.what.empty() ? request.method : request.what) + ": " + origin_of(request.url);
    const Reached reached = sent ? Reached::maybe : Reached::no;
    switch (code) {
        case CURLE_OUT_OF_MEMORY:
            throw std::bad_alloc();
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            throw ValidationError(subject + " is not a URL that can be used: " + detail);
        case CURLE_OPERATION_TIMEDOUT:
            throw TimeoutError(
                subject + (sent ? " did not answer in time: " : " could not be connected in time: ") + detail, reached);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_CIPHER:
            throw TlsError(subject + " is not trusted: " + detail +
                           ". If the site has a certificate of its own authority, name its file as ca_file.");
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
            throw ConnectionError(subject + " cannot be reached: " + detail, Reached::no);
        default:
            throw ConnectionError(subject + ": the connection was lost: " + detail, reached);
    }
}

}  // namespace

Response CurlTransport::send(const Request& request) {
    Handle& handle = *handle_;
    curl_easy_reset(handle.curl);  // keeps connections and TLS sessions
    handle.error[0] = '\0';
    Transfer transfer;
    transfer.limit = request.max_response;

    CurlList headers;
    for (const auto& [name, value] : request.headers)
        append(headers, std::string(name).append(": ").append(value));
    append(headers, "Expect:");  // no waiting for 100 Continue

    handle.set(CURLOPT_URL, request.url.c_str());
    handle.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (!request.body.empty() || request.method == "POST") {
        handle.set(CURLOPT_POSTFIELDS, request.body.data());
        handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    } else if (request.method == "HEAD") {
        handle.set(CURLOPT_NOBODY, 1L);
    }
    handle.set(CURLOPT_HTTPHEADER, headers.get());
    handle.set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    handle.set(CURLOPT_NOSIGNAL, 1L);
    handle.set(CURLOPT_ERRORBUFFER, handle.error.data());
    handle.set(CURLOPT_PROTOCOLS_STR, "http,https");
    handle.set(CURLOPT_FOLLOWLOCATION, 0L);
    handle.set(CURLOPT_ACCEPT_ENCODING, "");
    handle.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    handle.set(CURLOPT_SSL_VERIFYPEER, 1L);
    handle.set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!options_.ca_file.empty()) {
        handle.set(CURLOPT_CAINFO, options_.ca_file.c_str());
        handle.set(CURLOPT_PROXY_CAINFO, options_.ca_file.c_str());
    }
    handle.set(CURLOPT_PROXY, options_.proxy.c_str());
    handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    handle.set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_timeout.count()));
    handle.set(CURLOPT_TCP_KEEPALIVE, 1L);
    // On a connection that it reuses, libcurl repeats a request, POST included, whose connection ends before the first
    // byte of the answer. The site may have acted on it by then, so a write gets a connection of its own.
    handle.set(CURLOPT_FRESH_CONNECT, request.effect == Request::Effect::write ? 1L : 0L);
    if (options_.interrupted) {
        handle.set(CURLOPT_NOPROGRESS, 0L);
        handle.set(CURLOPT_XFERINFOFUNCTION, &ask_whether_interrupted);
        handle.set(CURLOPT_XFERINFODATA, static_cast<void*>(&options_.interrupted));
    }
    handle.set(CURLOPT_WRITEFUNCTION, &take_body);
    handle.set(CURLOPT_WRITEDATA, &transfer);
    handle.set(CURLOPT_HEADERFUNCTION, &take_header);
    handle.set(CURLOPT_HEADERDATA, &transfer);

    const CURLcode code = curl_easy_perform(handle.curl);
    if (transfer.too_large)
        throw ServerError(request.what + ": the answer is longer than " + std::to_string(request.max_response) +
                              " bytes. Ask for less at a time.",
                          "too large");
    constexpr long kProxyAuthentication = 407;
    if (handle.info(code == CURLE_OK ? CURLINFO_RESPONSE_CODE : CURLINFO_HTTP_CONNECTCODE) == kProxyAuthentication)
        proxy_refuses(request);
    if (code != CURLE_OK) {
        const std::string detail = handle.error[0] != '\0' ? handle.error.data() : curl_easy_strerror(code);
        throw_error(code, without(detail, options_.proxy), request, handle.info(CURLINFO_REQUEST_SIZE) > 0);
    }
    transfer.response.status = static_cast<int>(handle.info(CURLINFO_RESPONSE_CODE));
    return std::move(transfer.response);
}

}  // namespace foley::site
