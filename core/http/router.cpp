#include "core/http/router.hpp"

#include <atomic>
#include <exception>
#include <optional>

namespace foley::core {
namespace {

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    if (path.starts_with('/')) path.remove_prefix(1);
    for (;;) {
        const auto slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

bool is_capture(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// The captures when the path fits.
std::optional<std::map<std::string, std::string>> fit(const std::vector<std::string>& pattern,
                                                      const std::vector<std::string_view>& path) {
    if (pattern.size() != path.size()) return std::nullopt;
    std::map<std::string, std::string> captures;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        auto decoded = percent_decoded(path[i]);
        if (!decoded) return std::nullopt;
        if (!is_capture(pattern[i])) {
            if (pattern[i] != *decoded) return std::nullopt;
        } else if (decoded->empty()) {
            return std::nullopt;
        } else {
            captures[pattern[i].substr(1, pattern[i].size() - 2)] = std::move(*decoded);
        }
    }
    return captures;
}

}  // namespace

class Responder::State {
public:
    explicit State(Send send) : send_(std::move(send)) {}
    ~State() { answer(error_response(500, "foleyd dropped this request without an answer; that is a bug of foleyd")); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void answer(HttpResponse response) {
        if (!answered_.exchange(true)) send_(std::move(response));
    }

private:
    Send send_;
    std::atomic<bool> answered_ = false;
};

Responder::Responder(Send send) : state_(std::make_shared<State>(std::move(send))) {}

void Responder::operator()(HttpResponse response) const {
    state_->answer(std::move(response));
}

void Router::add(std::string method, std::string_view pattern, HttpHandler handler) {
    Route route{std::move(method), {}, std::move(handler)};
    for (const std::string_view segment : split(pattern))
        route.segments.emplace_back(segment);
    routes_.push_back(std::move(route));
}

void Router::dispatch(HttpRequest request, const Responder& respond) const {
    const auto path = split(request.path);
    const Route* best = nullptr;
    std::map<std::string, std::string> captures;
    std::string allowed;
    for (const Route& route : routes_) {
        auto found = fit(route.segments, path);
        if (!found) continue;
        if (route.method != request.method) {
            allowed += (allowed.empty() ? "" : ", ") + route.method;
        } else if (best == nullptr || found->size() < captures.size()) {
            best = &route;
            captures = std::move(*found);
        }
    }
    if (best == nullptr && allowed.empty()) {
        respond.error(404, "there is nothing at " + request.path);
        return;
    }
    if (best == nullptr) {
        HttpResponse response = error_response(405, request.path + " takes " + allowed + ", not " + request.method);
        response.headers.emplace_back("Allow", allowed);
        respond(std::move(response));
        return;
    }
    request.captures = std::move(captures);
    try {
        best->handler(request, respond);
    } catch (const std::exception& error) {
        respond.error(500, error.what());
    }
}

}  // namespace foley::core
