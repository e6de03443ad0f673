#include "core/config/proxy_address.hpp"

#include <algorithm>
#include <array>

namespace foley::core {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kForm =
    "expected an address such as http://proxy:3128 or http://user:password@proxy:3128 (http, https, socks5, socks5h)";

bool consists_of(std::string_view text, std::string_view characters) {
    return text.find_first_not_of(characters) == std::string_view::npos;
}

// Takes the scheme off; false: it is none that a proxy can have.
bool take_scheme(std::string_view& address) {
    constexpr std::array<std::string_view, 4> kSchemes{"http://", "https://", "socks5://", "socks5h://"};
    const auto scheme =
        std::find_if(kSchemes.begin(), kSchemes.end(), [&](std::string_view one) { return address.starts_with(one); });
    if (scheme == kSchemes.end()) return false;
    address.remove_prefix(scheme->size());
    return true;
}

bool is_login(std::string_view text) {
    for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
        if (text.size() < at + 3 || !consists_of(text.substr(at + 1, 2), kHexDigits)) return false;
    }
    return !text.empty() && text.find_first_of("@/?#[]\\") == std::string_view::npos;
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && consists_of(text, kDigits) && std::stoul(std::string(text)) <= 65535;
}

bool is_host_and_port(std::string_view text) {
    std::string_view host = text.substr(0, text.find(':'));
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return false;
        host = text.substr(0, end + 1);
        if (host.size() < 4 || !consists_of(host.substr(1, host.size() - 2), "0123456789abcdefABCDEF:.")) return false;
    } else if (host.empty() || host.find_first_of("/?#%\\\"<>") != std::string_view::npos) {
        return false;
    }
    text.remove_prefix(host.size());
    return text.empty() || (text.front() == ':' && is_port(text.substr(1)));
}

}  // namespace

std::string proxy_fault(std::string_view address) {
    const bool blank =
        std::any_of(address.begin(), address.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
    if (blank || !take_scheme(address)) return std::string(kForm);
    if (address.ends_with('/')) address.remove_suffix(1);
    if (const auto at = address.rfind('@'); at != std::string_view::npos) {
        if (!is_login(address.substr(0, at))) {
            return "in the user and password of an address @ is written %40, / %2F, % %25, and other signs alike";
        }
        address.remove_prefix(at + 1);
    }
    return is_host_and_port(address) ? std::string() : std::string(kForm);
}

}  // namespace foley::core
