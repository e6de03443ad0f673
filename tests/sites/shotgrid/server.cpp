#include "tests/sites/shotgrid/server.hpp"

#include "tests/sites/shotgrid/api.hpp"
#include "tests/sites/shotgrid/gzip.hpp"

#include <boost/asio/dispatch.hpp>

#include <array>

namespace foley::sim {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using shotgrid::HttpFault;

namespace {

std::string text_of(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

// As a proxy would ask, with scheme and host before it, too. So the site can stand for a proxy in front of any host.
std::string path_of(const std::string& target) {
    const auto scheme = target.find("://");
    const auto slash = scheme == std::string::npos ? 0 : target.find('/', scheme + 3);
    return slash == std::string::npos ? "/" : target.substr(slash);
}

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// "Wed, 25 Nov 2026 20:43:30 GMT"
std::string http_date(std::chrono::sys_seconds time) {
    constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return std::string(kDays.at(std::chrono::weekday(day).c_encoding())) + ", " +
           two_digits(static_cast<unsigned>(date.day())) + " " + kMonths.at(static_cast<unsigned>(date.month()) - 1) +
           " " + std::to_string(static_cast<int>(date.year())) + " " + two_digits(clock.hours().count()) + ":" +
           two_digits(clock.minutes().count()) + ":" + two_digits(clock.seconds().count()) + " GMT";
}

// For what does not look at the request. False when the request is to be carried out all the same.
bool spoil(const HttpFault& fault, HttpAnswer& out) {
    auto& response = out.response;
    switch (fault.kind) {
        case HttpFault::Kind::status:
            response.result(fault.status);
            response.set(http::field::content_type, "text/html");
            response.body() = "<html><body><h1>" + std::to_string(fault.status) + "</h1>Not now.</body></html>";
            if (!fault.text.empty()) response.set(http::field::retry_after, fault.text);
            return true;
        case HttpFault::Kind::html:
            response.set(http::field::content_type, "text/html");
            response.body() = "<html><body>Sign in</body></html>";
            return true;
        case HttpFault::Kind::damaged:
            response.body() = R"({"results":{"entities":[{"type":"EventLogEn)";
            return true;
        case HttpFault::Kind::wrong_form:
            response.body() = R"({"results":{"unexpected":[1,2]}})";
            return true;
        case HttpFault::Kind::fault:
            response.body() = shotgrid::fault_body(fault.code, fault.text.empty() ? "a fault on demand" : fault.text);
            return true;
        case HttpFault::Kind::silence:
            out.never = true;
            return true;
        case HttpFault::Kind::reset:
            out.reset = true;
            return true;
        case HttpFault::Kind::cut:
            out.cut = true;
            return false;
        case HttpFault::Kind::lost_answer:
            out.reset = true;
            return false;
        case HttpFault::Kind::slow:
            out.delay = fault.delay;
            return false;
    }
    return false;
}

}  // namespace

SimShotgrid::Server::Server(const SimShotgridOptions& options)
    : world_{site_, faults_, 0, {}, {}, {}, 0},
      front_(io_, {options.address, options.port, options.certificate, options.private_key}, *this) {
    run_there([script = options.script, key = options.key](World& world) { world.site.add_script(script, key); });
}

SimShotgrid::Server::~Server() = default;

void SimShotgrid::Server::run_there(std::function<void(World&)> function) {
    asio::dispatch(io_, [this, function = std::move(function)] { function(world_); });
}

HttpAnswer SimShotgrid::Server::answer(const HttpRequest& request) {
    const auto path = path_of(text_of(request.target()));
    HttpAnswer out;
    if (path == "/api3/json" && request.method() == http::verb::post) {
        out = answer_api(request);
    } else if (path.starts_with("/sim/") && control) {
        const auto [status, body] = control(path.substr(4), request.body());
        out.response.result(status);
        out.response.set(http::field::content_type, "application/json");
        out.response.body() = body;
    } else {
        out.response.result(http::status::not_found);
        out.response.body() = "not found\n";
    }
    return out;
}

HttpAnswer SimShotgrid::Server::answer_api(const HttpRequest& request) {
    const auto method = shotgrid::method_of(request.body());
    ++world_.requests;
    ++world_.calls[method];
    world_.last_call = request.body();
    world_.last_headers.clear();
    for (const auto& header : request)
        world_.last_headers[shotgrid::lower_case(text_of(header.name_string()))] = text_of(header.value());
    HttpAnswer out;
    auto& response = out.response;
    response.result(http::status::ok);
    response.set(http::field::content_type, "application/json; charset=utf-8");
    if (!faults_.no_date) response.set(http::field::date, http_date(site_.clock.date()));
    const auto fault = faults_.next(method);
    if (fault && spoil(*fault, out)) return out;
    response.body() = shotgrid::answer_call(site_, request.body());
    if (faults_.gzip && text_of(request[http::field::accept_encoding]).find("gzip") != std::string::npos) {
        response.set(http::field::content_encoding, "gzip");
        response.body() = shotgrid::gzip(response.body());
    }
    return out;
}

}  // namespace foley::sim
