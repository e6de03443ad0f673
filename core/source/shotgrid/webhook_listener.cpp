#include "core/source/shotgrid/webhook_listener.hpp"

#include "core/source/shotgrid/webhook_delivery.hpp"

#include <foley/abi.h>

#include <boost/asio/post.hpp>

#include <exception>

namespace foley::core::shotgrid {

namespace {

HttpLimits limits(const WebhookOptions& options) {
    HttpLimits limits;
    limits.body = options.longest_body;
    limits.header = options.longest_header;
    limits.connections = options.connections;
    limits.request_timeout = limits.idle_timeout = limits.handler_timeout = options.patience;
    return limits;
}

std::string address(const WebhookOptions& options, std::uint16_t port) {
    const bool v6 = options.address.find(':') != std::string::npos;
    std::string text = v6 ? "[" + options.address + "]" : options.address;
    return text.append(":").append(std::to_string(port)).append(options.path);
}

}  // namespace

WebhookListener::WebhookListener(const WebhookOptions& options, const SourceContext& context, Hear hear)
    : options_(options),
      context_(context),
      hear_(std::move(hear)),
      work_(boost::asio::make_work_guard(io_)),
      again_(io_),
      server_(io_, router(), limits(options)) {}

WebhookListener::~WebhookListener() {
    stop();
    join();
}

Router WebhookListener::router() {
    Router router;
    router.add("POST", options_.path,
               [this](const HttpRequest& request, const Responder& respond) { take(request, respond); });
    return router;
}

// ── from other threads ──────────────────────────────────────────────────────────────────────────────────────────────

void WebhookListener::start() {
    thread_ = std::thread([this] { run(); });
}

void WebhookListener::stop() {
    boost::asio::post(io_, [this] {
        server_.stop();
        io_.stop();
    });
}

void WebhookListener::join() {
    if (thread_.joinable()) thread_.join();
}

std::vector<std::pair<std::string, std::string>> WebhookListener::status() const {
    const std::lock_guard lock(mutex_);
    return {{"webhook", !trouble_.empty()   ? trouble_
                        : !address_.empty() ? address_
                                            : "not yet"},
            {"webhook_deliveries", std::to_string(deliveries_)},
            {"webhook_refused", std::to_string(refused_)}};
}

std::string WebhookListener::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

// ── the thread ──────────────────────────────────────────────────────────────────────────────────────────────────────

void WebhookListener::run() noexcept {
    boost::asio::post(io_, [this] { listen(); });
    while (!io_.stopped()) {
        try {
            io_.run();
        } catch (const std::exception& error) {
            // One connection's bad luck is not the end of all.
            log(FOLEY_LOG_ERROR, std::string("the webhook's listener: ") + error.what());
        }
    }
}

void WebhookListener::listen() {
    std::string trouble;
    try {
        const auto port = server_.listen_tcp(options_.address, options_.port);
        const std::lock_guard lock(mutex_);
        address_ = address(options_, port);
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    const bool told = trouble == this->trouble();
    {
        const std::lock_guard lock(mutex_);
        trouble_ = trouble;
    }
    if (trouble.empty()) {
        log(FOLEY_LOG_INFO, "webhooks are heard at http://" + address_);
        return;
    }
    if (!told)
        log(FOLEY_LOG_ERROR,
            "no webhook is heard: " + trouble + ". The source goes on asking the site by itself; trying again.");
    again_.expires_after(options_.listen_again);
    again_.async_wait([this](const boost::system::error_code& error) {
        if (!error) listen();
    });
}

void WebhookListener::take(const HttpRequest& request, const Responder& respond) {
    const auto signature = request.headers.find("x-sg-signature");
    if (signature == request.headers.end() || !is_signed(options_.secret, request.body, signature->second)) {
        refuse(respond);
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        ++deliveries_;
    }
    respond.json(R"({"heard":true})");
    hear_(named_events(request.body));
}

// Whoever floods the door with wrong signatures shall not fill the log too.
void WebhookListener::refuse(const Responder& respond) {
    respond.error(403, "the signature is missing or wrong");
    std::uint64_t refused = 0;
    {
        const std::lock_guard lock(mutex_);
        refused = ++refused_;
    }
    const auto now = context_.clock.steady();
    if (refusal_told_ && now - *refusal_told_ < options_.repeat_refusal) return;
    refusal_told_ = now;
    log(FOLEY_LOG_WARNING, "a webhook delivery without a good signature was refused, " + std::to_string(refused) +
                               " since the start: the site's secret token is another one, or somebody else sends here");
}

void WebhookListener::log(int level, const std::string& text) const {
    if (context_.log) context_.log(level, text);
}

}  // namespace foley::core::shotgrid
