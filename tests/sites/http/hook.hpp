// SimHook: a web hook as chats offer: what is posted to it is kept, and answered as the test wants.
//
// Thread: any; the server has one of its own. Throws: boost::system::system_error when it cannot listen.
#pragma once

#include "tests/sites/http/front.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace foley::sim {

class SimHook final : public HttpHandler {
public:
    explicit SimHook(const HttpFront::Options& options = {}) : tls_(!options.certificate.empty()) {
        front_.emplace(io_, options, *this);
    }

    // Who knows it can post.
    std::string url() const {
        return (tls_ ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(front_->port()) +
               "/services/T0/made-up-token";
    }
    // Of the next request; then all is well again.
    void answer_next(HttpAnswer answer) {
        const std::lock_guard lock(mutex_);
        answers_.push_back(std::move(answer));
    }
    void answer_next(unsigned status, const std::string& body = {}) {
        HttpAnswer answer;
        answer.response.result(status);
        answer.response.body() = body;
        answer_next(std::move(answer));
    }
    // In order.
    std::vector<HttpRequest> posts() const {
        const std::lock_guard lock(mutex_);
        return posts_;
    }
    // Nobody can connect any more.
    void go_away() { front_.reset(); }

private:
    HttpAnswer answer(const HttpRequest& request) override {
        const std::lock_guard lock(mutex_);
        posts_.push_back(request);
        HttpAnswer answer;
        answer.response.body() = "ok";
        if (!answers_.empty()) {
            answer = std::move(answers_.front());
            answers_.pop_front();
        }
        return answer;
    }

    const bool tls_;
    mutable std::mutex mutex_;
    std::vector<HttpRequest> posts_;
    std::deque<HttpAnswer> answers_;
    boost::asio::io_context io_;
    std::optional<HttpFront> front_;  // last: its thread works with all of the above
};

}  // namespace foley::sim
