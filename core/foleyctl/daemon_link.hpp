// DaemonLink: the daemon that foleyctl talks to: where its socket is, and one request after the other.
// Thread: one. Throws Refused, Unreachable.
#pragma once

#include "core/http/client.hpp"

#include <foley/json.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace foley::core {

// The daemon answered with an error; what() is its sentence.
class Refused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Nobody answers; what() says where foleyctl looked and what to do.
class Unreachable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct SocketChoice {
    std::filesystem::path socket;
    std::string reason;  // "from --socket", "from /etc/foley/foley.yaml", …
};

// --socket, else $FOLEY_SOCKET, else what --config says, else what /etc/foley/foley.yaml says, else the default.
// Throws std::runtime_error when the file given with --config cannot be read.
SocketChoice choose_socket(const std::optional<std::string>& given, const std::optional<std::string>& config);

class DaemonLink {
public:
    explicit DaemonLink(SocketChoice choice);

    std::string get(const std::string& target);  // the JSON text
    std::string post(const std::string& target, std::string body = {},
                     const std::string& content_type = "application/json");

private:
    std::string ask(const std::string& method, const std::string& target, std::string body, const std::string& type);

    SocketChoice choice_;
    HttpClient client_;
};

}  // namespace foley::core
