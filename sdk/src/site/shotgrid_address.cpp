#include "shotgrid_address.hpp"

#include <foley/site/error.hpp>

#include <algorithm>
#include <cstdint>

namespace foley::site {

namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return lower(c); });
    return text;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            out += i + k <= bytes.size() ? kDigits[group >> (18U - 6U * k) & 0x3fU] : '=';
    }
    return out;
}

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += kDigits[static_cast<unsigned char>(c) >> 4U];
            out += kDigits[static_cast<unsigned char>(c) & 0x0fU];
        }
    }
    return out;
}

}  // namespace

ShotgridAddress shotgrid_address(const SiteConnection& connection) {
    const std::string& url = connection.url;
    const auto wrong = [&connection](const std::string& why) {
        return ValidationError("site '" + connection.name + "': " + why);
    };
    const auto colon = url.find("://");
    const auto scheme = lower(url.substr(0, colon == std::string::npos ? 0 : colon));
    const bool odd = std::any_of(url.begin(), url.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '?' || c == '#' || c == '\\';
    });
    if ((scheme != "https" && scheme != "http") || odd)
        throw wrong("the url must be of the form https://studio.shotgrid.autodesk.com");
    const auto start = colon + 3;
    const auto slash = url.find('/', start);
    auto authority = url.substr(start, slash == std::string::npos ? slash : slash - start);
    const auto path = slash == std::string::npos ? std::string("/") : url.substr(slash);

    ShotgridAddress out;
    if (const auto at = authority.rfind('@'); at != std::string::npos) {
        out.authorization = "Basic " + base64(percent_decoded(authority.substr(0, at)));
        authority.erase(0, at + 1);
    }
    if (authority.empty()) throw wrong("the url names no host");
    const auto base = scheme + "://" + authority;
    // As a URL joins: the last segment of the path gives way. The vendor's client also writes the path in lower case.
    out.endpoint = base + lower(path.substr(0, path.rfind('/') + 1)) + "api3/json";
    out.shown = base + path;
    while (out.shown.back() == '/')
        out.shown.pop_back();
    return out;
}

std::string shotgrid_proxy(std::string_view proxy) {
    if (proxy.empty() || proxy.find("://") != std::string_view::npos) return std::string(proxy);
    std::string credentials;
    if (const auto at = proxy.rfind('@'); at != std::string_view::npos) {
        const auto all = proxy.substr(0, at);
        const auto colon = all.find(':');
        credentials = percent_encoded(all.substr(0, colon));
        if (colon != std::string_view::npos) credentials += ":" + percent_encoded(all.substr(colon + 1));
        credentials += '@';
        proxy.remove_prefix(at + 1);
    }
    const auto after_address = proxy.rfind(']');  // an IPv6 address has colons of its own
    const bool has_port =
        proxy.find(':', after_address == std::string_view::npos ? 0 : after_address) != std::string_view::npos;
    return "http://" + credentials + std::string(proxy) + (has_port ? "" : ":8080");
}

}  // namespace foley::site
