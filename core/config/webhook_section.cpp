// The section `webhook` of a source: where a site's webhooks are heard.
#include "core/config/sections.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace foley::core {
namespace {

bool is_address(const std::string& text) {
    in6_addr bytes{};
    return ::inet_pton(AF_INET, text.c_str(), &bytes) == 1 || ::inet_pton(AF_INET6, text.c_str(), &bytes) == 1;
}

// "127.0.0.1:8443", "[::1]:8443", "localhost:8443". False: it is something else.
bool parse_listen(const std::string& text, WebhookConfig& webhook) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) return false;
    std::string address = text.substr(0, colon);
    const bool v6 = address.find(':') != std::string::npos;
    const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
    if (v6 != bracketed) return false;
    if (bracketed) address = address.substr(1, address.size() - 2);
    if (address == "localhost") address = "127.0.0.1";
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, webhook.port);
    if (error != std::errc() || rest != end || !is_address(address)) return false;
    webhook.address = std::move(address);
    return true;
}

// What needs no encoding, so that it can be compared as it is sent.
bool is_plain_path(std::string_view text) {
    constexpr std::size_t kLongest = 200;
    return text.starts_with('/') && text.size() <= kLongest && std::all_of(text.begin(), text.end(), [](char c) {
               const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
               return word || c == '/' || c == '-' || c == '_' || c == '.' || c == '~';
           });
}

void read_listen(MapReader& reader, WebhookConfig& webhook) {
    const YamlNode* node = reader.require("listen");
    if (node == nullptr) return;
    webhook.position = node->position();
    std::string text;
    reader.read("listen", text);
    if (node->kind != YamlNode::Kind::scalar || parse_listen(text, webhook)) return;
    reader.problems().add(node->position(),
                          reader.name("listen") +
                              ": expected the number of an address and a port, such as 127.0.0.1:8443 or [::1]:8443, "
                              "found '" +
                              text + "'");
}

}  // namespace

std::optional<WebhookConfig> read_webhook(MapReader& source) {
    const YamlNode* node = source.find("webhook");
    if (node == nullptr) return std::nullopt;
    WebhookConfig webhook;
    MapReader reader(node, source.name("webhook"), source.context(), source.problems());
    read_listen(reader, webhook);
    reader.read("path", webhook.path);
    const YamlNode* path = reader.find("path");
    if (path != nullptr && path->kind == YamlNode::Kind::scalar && !is_plain_path(webhook.path)) {
        reader.problems().add(path->position(), reader.name("path") + ": expected a path such as /shotgrid, found '" +
                                                    webhook.path + "'");
    }
    // Without it anybody could send.
    if (reader.require("secret") != nullptr) reader.read("secret", webhook.secret);
    reader.finish();
    return webhook;
}

void check_webhooks(const Configuration& configuration, Problems& problems) {
    std::map<std::pair<std::string, std::uint16_t>, std::string> taken;
    for (const SourceConfig& source : configuration.sources) {
        const auto* shotgrid = std::get_if<ShotgridSourceConfig>(&source.kind);
        if (shotgrid == nullptr || !shotgrid->webhook || shotgrid->webhook->port == 0) continue;
        const WebhookConfig& webhook = *shotgrid->webhook;
        const auto [other, first] = taken.try_emplace({webhook.address, webhook.port}, source.name);
        if (first) continue;
        problems.add(webhook.position, "sources." + source.name + ".webhook.listen: source " + other->second +
                                           " listens there already; give each source a port of its own");
    }
}

}  // namespace foley::core
