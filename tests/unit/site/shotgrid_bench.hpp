// What the tests of the ShotGrid client over a fake transport share.
#pragma once

#include <foley/site/shotgrid.hpp>

#include <catch2/catch.hpp>

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shotgrid_bench {

using foley::site::FakeTransport;
using foley::site::Headers;
using foley::site::Request;
using foley::site::Response;

inline foley::SiteConnection connection() {
    foley::SiteConnection out;
    out.name = "studio";
    out.kind = "shotgrid";
    out.url = "https://studio.example.com/";
    out.user = "daemon";
    out.secret = foley::Secret("key-1");
    return out;
}

inline FakeTransport::Answer body(const std::string& text, int status = 200, Headers headers = {}) {
    return [=](const Request&) { return Response{status, headers, text}; };
}
inline FakeTransport::Answer results(const std::string& value, Headers headers = {}) {
    return body(R"({"results":)" + value + "}", 200, std::move(headers));
}
inline FakeTransport::Answer fault(int code, const std::string& message) {
    return body(R"({"exception":true,"error_code":)" + std::to_string(code) + R"(,"message":)" +
                foley::json::quote(message) + "}");
}
inline FakeTransport::Answer info(const std::string& version = "8,72,0", int page_limit = 500) {
    return results(R"({"version":[)" + version + R"(],"api_max_entities_per_page":)" + std::to_string(page_limit) +
                   "}");
}
inline FakeTransport::Answer page(const std::string& entities, bool more = false) {
    return results(R"({"entities":[)" + entities + R"(],"paging_info":{"has_next_page":)" + (more ? "true" : "false") +
                   "}}");
}
template <typename Error>
FakeTransport::Answer failure(Error error) {
    return [=](const Request&) -> Response { throw error; };
}

// A client whose transport answers from a list; each answer may throw.
struct Bench {
    explicit Bench(std::deque<FakeTransport::Answer> list, foley::site::ShotgridOptions options = {},
                   const foley::SiteConnection& to = connection())
        : answers(std::move(list)) {
        auto fake = std::make_unique<FakeTransport>([this](const Request& request) {
            if (answers.empty()) throw std::logic_error("no answer left for " + request.body);
            const auto next = answers.front();
            answers.pop_front();
            return next(request);
        });
        transport = fake.get();
        options.wait = [this](std::chrono::milliseconds delay) {
            waits.push_back(delay);
            return true;
        };
        options.log = [this](int, const std::string& text) { log.push_back(text); };
        client.emplace(to, std::move(fake), options);
    }

    const Request& request(std::size_t index) const { return transport->requests().at(index); }
    foley::json::Document sent(std::size_t index) const { return foley::json::parse(request(index).body); }
    // Method, credentials and parameters of a request.
    std::string method(std::size_t index) const {
        return std::string(foley::json::text_or_empty(sent(index), "method_name"));
    }
    std::string credentials(std::size_t index) const {
        return foley::json::stringify(foley::json::find(sent(index), "params", 0));
    }
    std::string parameters(std::size_t index) const {
        return foley::json::stringify(foley::json::find(sent(index), "params", 1));
    }
    std::size_t requests() const { return transport->requests().size(); }

    std::deque<FakeTransport::Answer> answers;
    FakeTransport* transport = nullptr;
    std::vector<std::chrono::milliseconds> waits;
    std::vector<std::string> log;
    std::optional<foley::site::Shotgrid> client;
};

}  // namespace shotgrid_bench
