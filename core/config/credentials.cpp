#include "core/config/credentials.hpp"

#include "core/config/suggestion.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include <sys/stat.h>

namespace foley::core {
namespace {

constexpr std::size_t kMaxSecret = 64 * 1024;

std::string last_system_error() {
    return std::error_code(errno, std::generic_category()).message();
}

// The first line of a file. Keys are one line; what follows (a final newline, a comment) is not part of them.
std::optional<Secret> from_file(const std::filesystem::path& file, const Position& position, const std::string& what,
                                Problems& problems) {
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    std::string text;
    if (!in || !std::getline(in, text) || text.size() > kMaxSecret) {
        const bool empty = in.is_open() && in.eof();
        const std::string why = empty                      ? "it is empty"
                                : text.size() > kMaxSecret ? "it is too long"
                                                           : last_system_error();
        problems.add(position, what + ": cannot read the secret from " + file.string() + ": " + why);
        return std::nullopt;
    }
    struct stat facts {};
    if (::stat(file.c_str(), &facts) == 0 && (facts.st_mode & S_IROTH) != 0) {
        problems.warn(position, what + ": everybody on this machine can read " + file.string() +
                                    "; take that away with: chmod o-r " + file.string());
    }
    while (!text.empty() && (text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    if (text.empty()) {
        problems.add(position, what + ": cannot read the secret from " + file.string() + ": its first line is empty");
        return std::nullopt;
    }
    return Secret(std::move(text));
}

std::optional<Secret> from_environment(const YamlNode& node, const std::string& what, const ReadingContext& context,
                                       Problems& problems) {
    auto value = context.environment(node.text);
    if (value && !value->empty()) return Secret(std::move(*value));
    problems.add(node.position(), what + ": the environment variable " + node.text + " is not set");
    return std::nullopt;
}

std::optional<Secret> from_credential(const YamlNode& node, const std::string& what, const ReadingContext& context,
                                      Problems& problems) {
    const auto folder = context.environment("CREDENTIALS_DIRECTORY");
    if (!folder) {
        problems.add(node.position(), what +
                                          ": there is no $CREDENTIALS_DIRECTORY; systemd sets it for a unit with "
                                          "LoadCredential=" +
                                          node.text + ":/path/of/the/secret");
        return std::nullopt;
    }
    if (node.text.find('/') != std::string::npos || node.text.front() == '.') {
        problems.add(node.position(), what + ": the name of a credential cannot be '" + node.text + "'");
        return std::nullopt;
    }
    return from_file(std::filesystem::path(*folder) / node.text, node.position(), what, problems);
}

}  // namespace

std::optional<Secret> read_secret(const YamlNode& node, const std::string& what, const ReadingContext& context,
                                  Problems& problems) {
    if (node.kind == YamlNode::Kind::scalar) {
        if (!context.readable_by_others) return Secret(node.text);
        problems.add(node.position(), what +
                                          ": a secret stands here, and everybody on this machine can read this file; "
                                          "write {file: …}, {env: …} or {credential: …}, or take the right to read "
                                          "the file away from others");
        return std::nullopt;
    }
    if (node.kind != YamlNode::Kind::map || node.entries.size() != 1) {
        problems.add(node.position(), what + ": expected a secret as {file: …}, {env: …} or {credential: …}, found " +
                                          std::string(describe(node)));
        return std::nullopt;
    }
    const YamlEntry& reference = node.entries.front();
    if (reference.value.kind != YamlNode::Kind::scalar || reference.value.text.empty()) {
        problems.add(reference.value.position(),
                     what + "." + reference.key + ": expected text, found " + std::string(describe(reference.value)));
        return std::nullopt;
    }
    if (reference.key == "file") {
        return from_file(context.folder / reference.value.text, reference.value.position(), what, problems);
    }
    if (reference.key == "env") return from_environment(reference.value, what, context, problems);
    if (reference.key == "credential") return from_credential(reference.value, what, context, problems);
    const std::vector<std::string> known{"file", "env", "credential"};
    problems.add(reference.position, what + "." + reference.key + ": unknown; " + suggestion(reference.key, known));
    return std::nullopt;
}

}  // namespace foley::core
