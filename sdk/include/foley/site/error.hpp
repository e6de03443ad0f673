// The errors of the site clients: one type each, all of them foley::SiteError.
#pragma once

#include <foley/error.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace foley::site {

// No answer came back: what is known about whether the site may have acted on the request all the same.
enum class Reached {
    no,     // the request never left, or never arrived: safe to repeat
    maybe,  // it may have been carried out
};

// The connection was refused, could not be made, or was lost on the way. Transient.
class ConnectionError : public SiteError {
public:
    ConnectionError(const std::string& sentence, Reached reached)
        : SiteError(sentence, true, Kind::connection), reached_(reached) {}
    Reached reached() const noexcept { return reached_; }

private:
    Reached reached_;
};

// Not connected, or not answered, in time. Transient.
class TimeoutError : public SiteError {
public:
    TimeoutError(const std::string& sentence, Reached reached)
        : SiteError(sentence, true, Kind::timeout), reached_(reached) {}
    Reached reached() const noexcept { return reached_; }

private:
    Reached reached_;
};

// The certificate was refused, or the CA file cannot be used. A person has to act, so it is not transient.
class TlsError : public SiteError {
public:
    explicit TlsError(const std::string& sentence) : SiteError(sentence, false, Kind::tls) {}
};

// An HTTP status that says no and brings no reason in the site's own words. 408, 425, 429 and 5xx other than 501 and
// 505 are transient.
class StatusError : public SiteError {
public:
    StatusError(const std::string& sentence, int status, std::optional<std::chrono::seconds> retry_after = std::nullopt)
        : SiteError(sentence, is_transient(status), Kind::status), status_(status), retry_after_(retry_after) {}
    int status() const noexcept { return status_; }
    // The site asked to wait this long.
    std::optional<std::chrono::seconds> retry_after() const noexcept { return retry_after_; }
    static bool is_transient(int status) noexcept {
        return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505);
    }

private:
    int status_;
    std::optional<std::chrono::seconds> retry_after_;
};

// The answer is not JSON, or not of the form that the API promises: usually the page of a proxy. Transient: proxies
// come and go.
class NotJsonError : public SiteError {
public:
    NotJsonError(const std::string& sentence, std::string head)
        : SiteError(sentence, true, Kind::not_json), head_(std::move(head)) {}
    // The first 200 bytes of the answer.
    const std::string& head() const noexcept { return head_; }

private:
    std::string head_;
};

// The site does not know these credentials.
class AuthenticationError : public SiteError {
public:
    explicit AuthenticationError(const std::string& sentence) : SiteError(sentence, false, Kind::authentication) {}
};

// The account may not do this.
class PermissionError : public SiteError {
public:
    explicit PermissionError(const std::string& sentence) : SiteError(sentence, false, Kind::permission) {}
};

// The request is wrong: said by the site, or found by the client before it was sent.
class ValidationError : public SiteError {
public:
    explicit ValidationError(const std::string& sentence) : SiteError(sentence, false, Kind::validation) {}
};

// The site answered with an error object of another kind. Transient where the HTTP status is, see StatusError: a
// database that fails (OperationalError with 500) comes back.
class ServerError : public SiteError {
public:
    ServerError(const std::string& sentence, std::string exception, int status = 200)
        : SiteError(sentence, StatusError::is_transient(status), Kind::server),
          exception_(std::move(exception)),
          status_(status) {}
    // The site's name for it: "IntegrityError".
    const std::string& exception() const noexcept { return exception_; }
    // HTTP's, that the object came with.
    int status() const noexcept { return status_; }

private:
    std::string exception_;
    int status_;
};

}  // namespace foley::site
