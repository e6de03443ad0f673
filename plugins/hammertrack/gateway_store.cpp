#include "hammertrack/gateway_store.hpp"

#include "hammertrack/errors.hpp"
#include "hammertrack/share_proof.hpp"

#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>

namespace hammertrack {
namespace {

constexpr unsigned kLargestWorkId = 99'999'999;
constexpr std::size_t kLargestAnswer = std::size_t{1} << 20U;

// Takes the gateway file away when it goes: the share forgets it by itself, an ordinary file system does not.
class Cleared {
public:
    Cleared(int folder, const std::string& name) noexcept : folder_(folder), name_(name) {}
    ~Cleared() { ::unlinkat(folder_, name_.c_str(), 0); }
    Cleared(const Cleared&) = delete;
    Cleared& operator=(const Cleared&) = delete;

private:
    int folder_;
    const std::string& name_;
};

void send(int folder, const std::string& name, const std::string& command, const std::string& shown) {
    // The flags are those of the vendor's tool, which are the ones known to work.
    UniqueFd file(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file) throw_share_error(errno, "write a command for", shown);
    const ssize_t written = ::write(file.get(), command.data(), command.size());
    if (written < 0) throw_share_error(errno, "write a command for", shown);
    if (static_cast<std::size_t>(written) != command.size()) {
        throw Unsettled("The share took only a part of the command for " + shown + ".");
    }
    if (file.close() != 0) throw_share_error(errno, "finish a command for", shown);
}

// A new open: with one descriptor for both, the NFS client would give back its own cached bytes.
std::string receive(int folder, const std::string& name, const std::string& shown) {
    const UniqueFd file(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file) throw_share_error(errno, "read the share's answer for", shown);
    std::string answer;
    std::array<char, 8192> block{};
    while (true) {
        const ssize_t size = ::read(file.get(), block.data(), block.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) throw_share_error(errno, "read the share's answer for", shown);
        if (size == 0) return answer;
        answer.append(block.data(), static_cast<std::size_t>(size));
        if (answer.size() > kLargestAnswer) throw Rejected("The share's answer for " + shown + " does not end.");
    }
}

}  // namespace

GatewayStore::GatewayStore() : work_ids_(std::random_device{}()) {}

std::string GatewayStore::exchange(int folder, const std::string& command, const std::string& shown) {
    std::uniform_int_distribution<unsigned> any(0, kLargestWorkId);
    std::array<char, 48> name{};
    std::snprintf(name.data(), name.size(), ".fs_command_gateway 0x%x", any(work_ids_));
    const std::string file(name.data());
    const Cleared cleared(folder, file);
    send(folder, file, command, shown);
    return receive(folder, file, shown);
}

GatewayStore::Reply GatewayStore::ask(int folder, const std::string& command, const std::string& shown) {
    std::string text;
    try {
        text = exchange(folder, command, shown);
    } catch (const Unsettled&) {
        // The file got a new identity between the two opens, which happens (ESTALE): once more, with a new id.
        text = exchange(folder, command, shown);
    }
    const GatewayAnswer kind = classify_answer(text, command);
    if (kind == GatewayAnswer::echo) {
        throw ShareAway("There is no Hammerspace share at " + shown +
                        ": it keeps commands as ordinary files. Is the share mounted?");
    }
    return {kind, std::move(text)};
}

std::string GatewayStore::prove(const ShareRoot& root, const Label& any) {
    return prove_share(root, [&](int folder, const std::string& shown) -> std::string {
        const Reply reply = ask(folder, gateway_command("", any_label_script(any)), shown);
        if (reply.kind == GatewayAnswer::yes || reply.kind == GatewayAnswer::no) return {};
        if (reply.kind == GatewayAnswer::empty) return "The share says nothing to a question about a label.";
        return "Asked about the label \"" + any.text() + "\", the share says: " + share_words(reply.text);
    });
}

LabelStore::Answer GatewayStore::has(const ShareEntry& entry, const Label& label) {
    const std::string command = gateway_command(entry.name_in_folder(), has_label_script(label));
    const Reply reply = ask(entry.folder(), command, entry.path().text());
    if (reply.kind == GatewayAnswer::yes) return {true, {}};
    if (reply.kind == GatewayAnswer::no) return {false, {}};
    return {false, reply.kind == GatewayAnswer::empty ? "(an empty answer)" : share_words(reply.text)};
}

void GatewayStore::set(const ShareEntry& entry, const std::string& script) {
    const std::string command = gateway_command(entry.name_in_folder(), script);
    const Reply reply = ask(entry.folder(), command, entry.path().text());
    if (reply.kind == GatewayAnswer::empty) return;
    throw Rejected("The share refuses \"" + command + "\" in " + entry.path().text() + ": " + share_words(reply.text));
}

void GatewayStore::add(const ShareEntry& entry, const Label& label) {
    set(entry, add_label_script(label));
}

void GatewayStore::remove(const ShareEntry& entry, const Label& label) {
    set(entry, remove_label_script(label));
}

}  // namespace hammertrack
