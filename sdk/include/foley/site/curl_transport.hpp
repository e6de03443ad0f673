// CurlTransport: requests over HTTP(S) with libcurl. Keeps its connection open between requests.
//
// TLS: at least 1.2, chain and host name verified, always. Answers are unpacked (gzip, deflate). Redirects are not
// followed: a site's API does not redirect, and a proxy's login page would otherwise look like an answer. A proxy that
// wants a login, or another one, is an AuthenticationError.
#pragma once

#include <foley/site/transport.hpp>

#include <functional>
#include <memory>
#include <string>

namespace foley::site {

class CurlTransport final : public Transport {
public:
    struct Options {
        std::string
            proxy;  // "http://user:password@host:3128", "socks5h://…"; empty: none, whatever the environment says
        std::string ca_file;  // PEM; empty: the system's
        std::string user_agent = "foley";
        // Asked about once a second while a request is under way; true ends it with a ConnectionError. Nothing: never.
        std::function<bool()> interrupted;
    };

    CurlTransport() : CurlTransport(Options{}) {}
    explicit CurlTransport(Options options);
    ~CurlTransport() override;
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;

    Response send(const Request& request) override;

private:
    struct Handle;
    Options options_;
    std::unique_ptr<Handle> handle_;
};

}  // namespace foley::site
