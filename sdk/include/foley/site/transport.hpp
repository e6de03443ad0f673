// Transport: how a site client's requests reach a site. A request in, a response or an error out; nothing in the
// clients knows which transport they have.
//
// Thread: one at a time per object. Throws: SiteError for everything that is not an HTTP response; any status is a
// response.
#pragma once

#include <foley/site/error.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::site {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of that name, compared without case.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) noexcept;

struct Request {
    enum class Effect {
        read,   // changes nothing on the site: may be repeated, passes in a dry run
        write,  // changes something
    };

    std::string method = "GET";
    std::string url;
    Headers headers;                // may carry credentials: never logged
    std::string body;               // may carry credentials too (ShotGrid's does): never logged
    Effect effect = Effect::write;  // what is not marked is taken for the more dangerous
    std::string what;               // for people: "update Task t-1"; no secrets
    std::string pretend;            // of a write: the body that the site would answer, for a dry run
    std::chrono::milliseconds connect_timeout{std::chrono::seconds(10)};
    std::chrono::milliseconds total_timeout{std::chrono::seconds(60)};
    std::size_t max_response = std::size_t{256} << 20;  // bytes of body, unpacked
};

struct Response {
    int status = 0;
    Headers headers;
    std::string body;

    std::optional<std::string_view> header(std::string_view name) const noexcept { return find_header(headers, name); }
};

class Transport {
public:
    virtual ~Transport() = default;
    virtual Response send(const Request& request) = 0;
};

// Calls a function for each request. For tests: the function looks at the request, and answers or throws.
class FakeTransport final : public Transport {
public:
    using Answer = std::function<Response(const Request&)>;
    explicit FakeTransport(Answer answer) : answer_(std::move(answer)) {}
    Response send(const Request& request) override;
    // Every request so far, in order.
    const std::vector<Request>& requests() const noexcept { return requests_; }

private:
    Answer answer_;
    std::vector<Request> requests_;
};

// For a dry run: reads pass to `inner`, writes are told to `log` and answered with the request's `pretend` and 200.
class Refuser final : public Transport {
public:
    using Log = std::function<void(const Request& refused)>;
    Refuser(std::unique_ptr<Transport> inner, Log log) : inner_(std::move(inner)), log_(std::move(log)) {}
    Response send(const Request& request) override;

private:
    std::unique_ptr<Transport> inner_;
    Log log_;
};

}  // namespace foley::site
