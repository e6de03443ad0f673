// The exceptions that the SDK throws and that a callback may throw. An exception that leaves a callback becomes the
// outcome `failed` with its text, but for a SiteError that is transient, which becomes a retry with backoff.
#pragma once

#include <stdexcept>
#include <string>

namespace foley {

// Something did not work. what() is a sentence: what happened, to what, what to do.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A site did not answer, or answered with an error. The clients in foley/site throw the types of foley/site/error.hpp,
// which all are this one.
class SiteError : public Error {
public:
    enum class Kind {
        connection,      // no connection, or lost on the way
        timeout,         // no answer in time
        tls,             // the server's certificate or the TLS handshake was not acceptable
        status,          // an HTTP status that says no
        not_json,        // the answer is not what the site's API would say (a proxy's page)
        authentication,  // the credentials are wrong
        permission,      // the credentials are right, and not enough
        validation,      // the site, or the client before it, found the request wrong
        server,          // the site reported an error of its own
    };

    // transient: the same request may work later (no connection, timeout, 5xx); otherwise it never will as it is.
    SiteError(const std::string& what, bool transient, Kind kind = Kind::server)
        : Error(what), transient_(transient), kind_(kind) {}

    bool transient() const noexcept { return transient_; }
    Kind kind() const noexcept { return kind_; }

private:
    bool transient_;
    Kind kind_;
};

}  // namespace foley
