// Hook: posts JSON to a web hook. Its address is a secret, and is never in a log.
//
// Thread: one at a time. Throws: DeliveryAway, DeliveryLater, DeliveryRefused.
#pragma once

#include <foley/secret.hpp>
#include <foley/site/transport.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace notify {

class Hook {
public:
    Hook(foley::Secret url, std::unique_ptr<foley::site::Transport> transport, std::chrono::milliseconds timeout)
        : url_(std::move(url)), transport_(std::move(transport)), timeout_(timeout) {}

    void post(const std::string& json);

private:
    foley::Secret url_;
    std::unique_ptr<foley::site::Transport> transport_;
    std::chrono::milliseconds timeout_;
};

}  // namespace notify
