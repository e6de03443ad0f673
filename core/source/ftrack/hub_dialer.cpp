#include "core/source/ftrack/hub_dialer.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace foley::core::ftrack {

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

std::string shown(const tcp::endpoint& endpoint) {
    std::ostringstream out;
    out << endpoint;
    return out.str();
}

// An address is its own answer.
std::optional<tcp::endpoint> without_asking(const std::string& host, const std::string& port) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    unsigned short number = 0;
    const auto* const end = port.data() + port.size();
    if (error || std::from_chars(port.data(), end, number).ptr != end) return std::nullopt;
    return tcp::endpoint(address, number);
}

}  // namespace

// Shared with the thread that asks, which may outlive the dialer.
struct HubDialer::Question {
    std::string name;
    std::mutex mutex;
    HubDialer* dialer = nullptr;  // guarded by mutex; nullptr: it is gone
    // Written by the asking thread before it posts, read afterwards on the dialer's.
    std::vector<Endpoint> answer;
    boost::system::error_code error;
    bool answered = false;  // only on the dialer's thread
};

HubDialer::HubDialer(asio::io_context& io, Limits limits, Lookup lookup)
    : io_(io), limits_(limits), lookup_(std::move(lookup)), patience_(io) {}

HubDialer::~HubDialer() {
    if (!question_) return;
    const std::lock_guard lock(question_->mutex);
    question_->dialer = nullptr;
}

std::vector<HubDialer::Endpoint> HubDialer::ask_system(const std::string& host, const std::string& port) {
    asio::io_context io;
    tcp::resolver resolver(io);
    std::vector<Endpoint> out;
    for (const auto& entry : resolver.resolve(host, port))
        out.push_back(entry.endpoint());
    return out;
}

void HubDialer::cancel() noexcept {
    cancelled_ = true;
    boost::system::error_code ignored;
    patience_.cancel(ignored);
}

asio::awaitable<void> HubDialer::dial(boost::beast::tcp_stream& stream, const std::string& host,
                                      const std::string& port) {
    cancelled_ = false;
    auto targets = co_await addresses(host, port);
    if (const auto best = std::find(targets.begin(), targets.end(), worked_); best != targets.end())
        std::rotate(targets.begin(), best, best + 1);
    std::string failures;
    for (const auto& target : targets) {
        boost::system::error_code error;
        stream.expires_after(limits_.address);
        co_await stream.async_connect(target, asio::redirect_error(use_awaitable, error));
        if (cancelled_) throw std::runtime_error("stopped");
        if (!error) {
            worked_ = target;
            stream.expires_never();
            co_return;
        }
        stream.close();
        failures += (failures.empty() ? "" : "; ") + shown(target) + ": " + error.message();
    }
    throw std::runtime_error(failures);
}

asio::awaitable<std::vector<HubDialer::Endpoint>> HubDialer::addresses(const std::string& host,
                                                                       const std::string& port) {
    if (const auto address = without_asking(host, port)) co_return std::vector<Endpoint>{*address};
    const auto name = host + ":" + port;
    if (!question_ || question_->name != name) ask(host, port);
    const auto deadline = std::chrono::steady_clock::now() + limits_.lookup;
    while (!question_->answered && !cancelled_ && std::chrono::steady_clock::now() < deadline) {
        boost::system::error_code ignored;
        patience_.expires_at(deadline);
        co_await patience_.async_wait(asio::redirect_error(use_awaitable, ignored));
    }
    if (cancelled_) throw std::runtime_error("stopped");
    std::string failure = "the name server has not answered after " + std::to_string(limits_.lookup.count()) + " ms";
    if (question_->answered) {
        const auto question = std::exchange(question_, nullptr);
        if (!question->error) {
            known_for_ = name;
            known_ = question->answer;
            co_return known_;
        }
        failure = question->error.message();
        if (question->error != asio::error::host_not_found_try_again) known_.clear();
    }
    if (known_for_ == name && !known_.empty()) co_return known_;
    throw std::runtime_error("no address for " + host + ": " + failure);
}

// One thread for each question, and one question at a time: getaddrinfo cannot be interrupted.
void HubDialer::ask(const std::string& host, const std::string& port) {
    if (question_) {  // one for another name
        const std::lock_guard lock(question_->mutex);
        question_->dialer = nullptr;
    }
    question_ = std::make_shared<Question>();
    question_->name = host + ":" + port;
    question_->dialer = this;
    std::thread([question = question_, lookup = lookup_, host, port] {
        try {
            question->answer = lookup(host, port);
        } catch (const boost::system::system_error& error) {
            question->error = error.code();
        }
        const std::lock_guard lock(question->mutex);
        if (question->dialer == nullptr) return;
        asio::post(question->dialer->io_, [question] {
            const std::lock_guard hold(question->mutex);
            question->answered = true;
            boost::system::error_code ignored;
            if (question->dialer != nullptr) question->dialer->patience_.cancel(ignored);
        });
    }).detach();
}

}  // namespace foley::core::ftrack
