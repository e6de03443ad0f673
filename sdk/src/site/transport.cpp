#include <foley/site/transport.hpp>

#include <algorithm>

namespace foley::site {

namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) noexcept {
    for (const auto& [key, value] : headers) {
        if (std::equal(key.begin(), key.end(), name.begin(), name.end(),
                       [](char a, char b) { return lower(a) == lower(b); }))
            return value;
    }
    return std::nullopt;
}

Response FakeTransport::send(const Request& request) {
    requests_.push_back(request);
    return answer_(request);
}

Response Refuser::send(const Request& request) {
    if (request.effect == Request::Effect::read) return inner_->send(request);
    log_(request);
    return Response{200, {{"Content-Type", "application/json"}}, request.pretend};
}

}  // namespace foley::site
