// HttpClient: asks an HTTP server on a Unix socket, one request after the other, over one connection while it lasts.
//
// Thread: one. Blocks. Throws HttpClientError.
#pragma once

#include "core/http/message.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace foley::core {

class HttpClientError : public std::runtime_error {
public:
    enum class Kind {
        unreachable,  // no socket, nobody answers on it, or no right to it
        timeout,
        broken,  // the connection ended within an answer, or what came is not HTTP
    };
    HttpClientError(Kind kind, const std::string& sentence) : std::runtime_error(sentence), kind_(kind) {}
    Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

class HttpClient {
public:
    // Connects with the first request.
    explicit HttpClient(std::filesystem::path socket, std::chrono::milliseconds timeout = std::chrono::seconds(130));
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // `target` is path and query, encoded. Any status is an answer, not an error.
    HttpResponse request(const std::string& method, const std::string& target, std::string body = {},
                         const std::string& content_type = "application/json");

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace foley::core
