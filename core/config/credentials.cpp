#include "core/config/credentials.hpp"

#include "core/config/suggestion.hpp"
#include "core/os/unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

constexpr std::size_t kMaxSecret = 64 * 1024;

std::string last_system_error() {
    return std::error_code(errno, std::generic_category()).message();
}

struct SecretFile {
    std::string first_line;
    std::string refusal;  // why there is none
    bool readable_by_others = false;
};

// The first line of a file. Keys are one line; what follows (a final newline, a comment) is not part of them. Waits for
// nobody: what is no regular file (a FIFO, a terminal) is not read at all.
SecretFile read_secret_file(const std::filesystem::path& file) {
    SecretFile result;
    const auto refuse = [&result](std::string why) {
        result.refusal = std::move(why);
        return result;
    };
    const UniqueFd descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!descriptor) return refuse(last_system_error());
    struct stat facts {};
    if (::fstat(descriptor.get(), &facts) != 0) return refuse(last_system_error());
    if (!S_ISREG(facts.st_mode)) return refuse("it is not a regular file");
    result.readable_by_others = (facts.st_mode & S_IROTH) != 0;
    std::string content(kMaxSecret + 1, '\0');
    std::size_t filled = 0;
    while (filled < content.size()) {
        const ssize_t got = ::read(descriptor.get(), content.data() + filled, content.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refuse(last_system_error());
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    content.resize(filled);
    if (content.empty()) return refuse("it is empty");
    content.resize(std::min(content.find('\n'), content.size()));
    if (content.size() > kMaxSecret) return refuse("its first line is longer than 64 KiB");
    while (!content.empty() && (content.back() == '\r' || content.back() == ' '))
        content.pop_back();
    if (content.empty()) return refuse("its first line is empty");
    result.first_line = std::move(content);
    return result;
}

std::optional<Secret> from_file(const std::filesystem::path& file, const Position& position, const std::string& what,
                                Problems& problems) {
    SecretFile read = read_secret_file(file);
    if (!read.refusal.empty()) {
        problems.add(position, what + ": cannot read the secret from " + file.string() + ": " + read.refusal);
        return std::nullopt;
    }
    if (read.readable_by_others) {
        problems.warn(position, what + ": everybody on this machine can read " + file.string() +
                                    "; take that away with: chmod o-r " + file.string());
    }
    return Secret(std::move(read.first_line));
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
