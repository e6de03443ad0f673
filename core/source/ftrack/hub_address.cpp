#include "core/source/ftrack/hub_link.hpp"

#include <boost/beast/core/detail/base64.hpp>

#include <stdexcept>

namespace foley::core::ftrack {

namespace {

struct Authority {
    std::string user_info, host, port, rest;
};

Authority split(std::string_view text, std::string_view default_port, const std::string& what) {
    Authority out;
    const auto end = text.find_first_of("/?#");
    if (end != std::string_view::npos) out.rest = text.substr(end);
    text = text.substr(0, end);
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        out.user_info = text.substr(0, at);
        text.remove_prefix(at + 1);
    }
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) throw std::invalid_argument(what + ": '[' without ']'");
        out.host = text.substr(1, close - 1);
        text.remove_prefix(close + 1);
    } else {
        const auto colon = text.find(':');
        out.host = text.substr(0, colon);
        text = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    }
    out.port = text.starts_with(':') ? text.substr(1) : default_port;
    const bool number =
        !out.port.empty() && out.port.size() <= 5 && out.port.find_first_not_of("0123456789") == std::string::npos;
    if (out.host.empty() || !number || out.host.find_first_of(" \r\n\t") != std::string::npos)
        throw std::invalid_argument(what + " must be of the form https://host or https://host:port");
    return out;
}

std::string unescaped(std::string_view text) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string base64(std::string_view text) {
    std::string out(boost::beast::detail::base64::encoded_size(text.size()), '\0');
    out.resize(boost::beast::detail::base64::encode(out.data(), text.data(), text.size()));
    return out;
}

}  // namespace

HubAddress parse_hub_address(const std::string& url) {
    HubAddress out;
    out.tls = url.starts_with("https://");
    if (!out.tls && !url.starts_with("http://"))
        throw std::invalid_argument("the site's url must begin with https:// (or http://)");
    auto authority = split(std::string_view(url).substr(out.tls ? 8 : 7), out.tls ? "443" : "80", "the site's url");
    if (!authority.user_info.empty())
        throw std::invalid_argument("the site's url must not hold a user or password; they have settings of their own");
    out.host = std::move(authority.host);
    out.port = std::move(authority.port);
    if (const auto end = authority.rest.find_first_of("?#"); end != std::string::npos)
        throw std::invalid_argument("the site's url must not hold a '?' or '#'");
    out.prefix = std::move(authority.rest);
    while (out.prefix.ends_with('/'))
        out.prefix.pop_back();
    return out;
}

HubProxy parse_hub_proxy(const std::string& url) {
    std::string_view text = url;
    if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
        if (text.substr(0, scheme) != "http")
            throw std::invalid_argument(
                "the event hub can be reached through a proxy of the form http://host:port only");
        text.remove_prefix(scheme + 3);
    }
    auto authority = split(text, "3128", "the proxy");
    HubProxy out{std::move(authority.host), std::move(authority.port), {}};
    if (!authority.user_info.empty()) out.authorization = "Basic " + base64(unescaped(authority.user_info));
    return out;
}

}  // namespace foley::core::ftrack
