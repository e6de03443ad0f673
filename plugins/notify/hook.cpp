#include "notify/hook.hpp"

#include "notify/delivery.hpp"

#include <fmt/format.h>

namespace notify {

void Hook::post(const std::string& json) {
    foley::site::Request request;
    request.method = "POST";
    request.url = url_.reveal();
    request.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    request.body = json;
    request.what = "the web hook";
    request.connect_timeout = timeout_;
    request.total_timeout = timeout_;
    request.max_response = std::size_t{1} << 20U;
    foley::site::Response response;
    try {
        response = transport_->send(request);
    } catch (const foley::SiteError& error) {
        if (error.kind() == foley::SiteError::Kind::validation) throw DeliveryRefused(error.what());
        throw DeliveryAway(error.what());
    }
    if (response.status >= 200 && response.status < 300) return;
    const auto sentence = fmt::format("The web hook answers {}: {}", response.status,
                                      response.body.substr(0, std::min<std::size_t>(response.body.size(), 200)));
    if (response.status == 429) throw DeliveryLater(sentence);
    if (foley::site::StatusError::is_transient(response.status)) throw DeliveryAway(sentence);
    throw DeliveryRefused(sentence + ". Look at hook_url and at what the rule posts.");
}

}  // namespace notify
