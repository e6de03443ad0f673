// WebhookListener: the door for a ShotGrid site's webhooks. It answers a signed delivery at once and tells which events
// it names; what came is never taken for an event, so nothing is lost when a delivery is, or when the door is closed.
//
// It speaks plain HTTP: the site wants HTTPS, which a proxy in front of it ends. Its port may be taken by another; then
// it says so and tries again. Connections are few, bodies are limited, and slow clients are let go.
//
// Owner: the source's follower. Threads: its own; the functions marked *any* from everywhere.
#pragma once

#include "core/http/server.hpp"
#include "core/source/shotgrid/shotgrid_options.hpp"
#include "core/source/source.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace foley::core::shotgrid {

class WebhookListener {
public:
    // A site has said that there is something new; these events of its log are among it. Called on the listener's
    // thread; returns soon.
    using Hear = std::function<void(std::vector<std::uint64_t> ids)>;

    // What is borrowed outlives the listener. Starts nothing yet.
    WebhookListener(const WebhookOptions& options, const SourceContext& context, Hear hear);
    ~WebhookListener();  // stops and joins
    WebhookListener(const WebhookListener&) = delete;
    WebhookListener& operator=(const WebhookListener&) = delete;

    void start();
    // Hears nothing more, and closes all connections. Returns at once.
    void stop();  // any
    void join();

    // For the source's status.
    std::vector<std::pair<std::string, std::string>> status() const;  // any
    // Why it does not listen; empty: it does.
    std::string trouble() const;  // any

private:
    Router router();
    void run() noexcept;
    void listen();
    void take(const HttpRequest& request, const Responder& respond);
    void refuse(const Responder& respond);
    void log(int level, const std::string& text) const;

    const WebhookOptions& options_;
    const SourceContext& context_;
    const Hear hear_;

    mutable std::mutex mutex_;
    std::string address_;  // where it listens; guarded by mutex_, as all up to the next blank line
    std::string trouble_;
    std::uint64_t deliveries_ = 0;
    std::uint64_t refused_ = 0;

    std::optional<SteadyTime> refusal_told_;  // only on the thread

    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::steady_timer again_;
    HttpServer server_;
    std::thread thread_;
};

}  // namespace foley::core::shotgrid
