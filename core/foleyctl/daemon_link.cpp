#include "core/foleyctl/daemon_link.hpp"

#include "core/config/yaml_tree.hpp"
#include "core/os/files.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>

namespace foley::core {
namespace {

constexpr const char* kDefaultConfig = "/etc/foley/foley.yaml";
constexpr const char* kDefaultSocket = "/run/foley/control.sock";

// Only the one value is read, so that an operator needs no right to the secrets beside it.
std::filesystem::path socket_of(const std::filesystem::path& config) {
    Problems problems;
    const auto root = parse_yaml(read_file(config), config.string(), problems);
    if (!root) throw std::runtime_error(to_string(problems.errors().front()));
    const YamlNode* control = root->find("control");
    const YamlNode* socket = control != nullptr ? control->find("socket") : nullptr;
    if (socket == nullptr || socket->text.empty()) return kDefaultSocket;
    return (std::filesystem::absolute(config).parent_path() / socket->text).lexically_normal();
}

}  // namespace

SocketChoice choose_socket(const std::optional<std::string>& given, const std::optional<std::string>& config) {
    if (given) return {*given, "from --socket"};
    if (const char* variable = std::getenv("FOLEY_SOCKET"); variable != nullptr && *variable != '\0' && !config) {
        return {variable, "from $FOLEY_SOCKET"};
    }
    if (config) return {socket_of(*config), "from " + *config};
    std::error_code error;
    if (std::filesystem::exists(kDefaultConfig, error)) {
        try {
            return {socket_of(kDefaultConfig), fmt::format("from {}", kDefaultConfig)};
        } catch (const std::exception&) {
            return {kDefaultSocket, fmt::format("the default; {} cannot be read", kDefaultConfig)};
        }
    }
    return {kDefaultSocket, "the default"};
}

DaemonLink::DaemonLink(SocketChoice choice) : choice_(std::move(choice)), client_(choice_.socket) {}

std::string DaemonLink::get(const std::string& target) {
    return ask("GET", target, {}, {});
}

std::string DaemonLink::post(const std::string& target, std::string body, const std::string& content_type) {
    return ask("POST", target, std::move(body), content_type);
}

std::string DaemonLink::ask(const std::string& method, const std::string& target, std::string body,
                            const std::string& type) {
    HttpResponse response;
    try {
        response = client_.request(method, target, std::move(body), type);
    } catch (const HttpClientError& error) {
        std::string sentence = std::string("foleyd does not answer: ") + error.what() + " (" + choice_.reason + ").";
        if (error.kind() == HttpClientError::Kind::unreachable) {
            sentence +=
                "\nIs it running? See `systemctl status foley`. If its socket is elsewhere, say so with --socket, "
                "--config or $FOLEY_SOCKET; if you may not use it, join the socket's group.";
        }
        throw Unreachable(sentence);
    }
    if (response.status < 400) return std::move(response.body);
    std::string sentence = "foleyd answered with HTTP status " + std::to_string(response.status);
    try {
        const json::Document document = json::parse(response.body);
        if (const auto text = json::text_or_empty(document, "error"); !text.empty()) sentence = std::string(text);
    } catch (const json::ParseError&) {
        // Not foleyd's own words, so there are none to show.
    }
    throw Refused(sentence);
}

}  // namespace foley::core
