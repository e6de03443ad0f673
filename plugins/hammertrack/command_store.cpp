#include "hammertrack/command_store.hpp"

#include "hammertrack/errors.hpp"
#include "hammertrack/share_proof.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>

#include <dirent.h>
#include <fcntl.h>

namespace hammertrack {
namespace {

constexpr int kUsage = 2;  // exit code: nothing was sent

// Python decodes paths and output by the locale, and finds itself by PATH.
const std::vector<std::string>& environment() {
    static const std::vector<std::string> texts{"PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
                                                "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "PYTHONUTF8=1", "HOME=/"};
    return texts;
}

std::string small_file(int folder, const char* name) {
    const UniqueFd file(::openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    std::array<char, 1024> block{};
    const ssize_t size = file ? ::read(file.get(), block.data(), block.size()) : -1;
    return size < 0 ? std::string() : std::string(block.data(), static_cast<std::size_t>(size));
}

// On an ordinary file system `hs` leaves its command lying as a file, under a name that it does not tell: the one with
// the text of its echo.
void remove_stray_files(int folder, const std::string& command) {
    const int fd = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd), ::closedir);
    if (!listing) {
        ::close(fd);
        return;
    }
    while (const dirent* each = ::readdir(listing.get())) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
        const std::string_view name(&each->d_name[0]);
        if (name.substr(0, 22) != ".fs_command_gateway 0x") continue;
        if (classify_answer(small_file(folder, &each->d_name[0]), command) == GatewayAnswer::echo) {
            ::unlinkat(folder, &each->d_name[0], 0);
        }
    }
}

bool looks_like_echo(const std::string& out) {
    return out.compare(0, 2, "./") == 0 &&
           (out.find("?.set") != std::string::npos || out.find("?.eval") != std::string::npos);
}

std::string last_line(const std::string& text) {
    const auto end = text.find_last_not_of(" \r\n\t");
    if (end == std::string::npos) return "(it said nothing)";
    const auto begin = text.rfind('\n', end);
    return share_words(text.substr(begin == std::string::npos ? 0 : begin + 1,
                                   end - (begin == std::string::npos ? 0 : begin + 1) + 1));
}

// What the system said to `hs`, which ends in Python's way: "OSError: [Errno 28] No space left on device: '…'".
std::optional<int> error_number(const std::string& trace) {
    constexpr std::string_view kBefore = "[Errno ";
    const auto at = trace.rfind(kBefore);
    if (at == std::string::npos) return std::nullopt;
    int number = 0;
    const char* const end = trace.data() + trace.size();
    const auto [rest, error] = std::from_chars(trace.data() + at + kBefore.size(), end, number);
    if (error != std::errc() || rest == end || *rest != ']') return std::nullopt;
    return number;
}

}  // namespace

CommandStore::CommandStore(std::string program, std::chrono::milliseconds deadline)
    : program_(std::move(program)), deadline_(deadline) {}

CommandStore::Reply CommandStore::ask(int folder, const std::string& name, const std::vector<std::string>& verb,
                                      const Label& label, const std::string& script, const std::string& shown) const {
    const std::string command = gateway_command(name, script);  // refuses names that would change it
    std::vector<std::string> arguments{program_, "label"};
    arguments.insert(arguments.end(), verb.begin(), verb.end());
    arguments.insert(arguments.end(), {"--", label.text(), name.empty() ? "." : "./" + name});
    ProgramResult result = run_program(arguments, environment(), folder, deadline_);
    const std::string what = program_ + " label " + verb.front() + " " + label.text();
    if (result.timed_out) {
        throw ShareAway("\"" + what + "\" for " + shown + " did not end within " + std::to_string(deadline_.count()) +
                        " ms.");
    }
    if (result.signal != 0) {
        throw Rejected("\"" + what + "\" for " + shown + " was ended by signal " + std::to_string(result.signal) + ".");
    }
    if (result.exit_code == 127)
        throw ShareAway("The program " + program_ + " cannot be run: " + last_line(result.err));
    if (result.exit_code != 0) {
        if (const auto number = error_number(result.err)) throw_share_error(*number, "run \"" + what + "\" for", shown);
        throw Rejected("\"" + what + "\" for " + shown + " ended with exit code " + std::to_string(result.exit_code) +
                       (result.exit_code == kUsage ? " (it sent nothing)" : "") + ": " + last_line(result.err));
    }
    const GatewayAnswer kind = classify_answer(result.out, command);
    if (kind == GatewayAnswer::echo || (kind == GatewayAnswer::words && looks_like_echo(result.out))) {
        remove_stray_files(folder, result.out);
        throw ShareAway("There is no Hammerspace share at " + shown + ": " + program_ +
                        " got its own command back. Is the share mounted?");
    }
    return {kind, std::move(result.out)};
}

std::string CommandStore::prove(const ShareRoot& root, const Label& any) {
    return prove_share(root, [&](int folder, const std::string& shown) -> std::string {
        const Reply reply = ask(folder, "", {"has"}, any, any_label_script(any), shown);
        if (reply.kind == GatewayAnswer::yes || reply.kind == GatewayAnswer::no) return {};
        return "Asked about the label \"" + any.text() + "\", the share says: " + share_words(reply.text);
    });
}

LabelStore::Answer CommandStore::has(const ShareEntry& entry, const Label& label) {
    const Reply reply = ask(entry.folder(), entry.name_in_folder(), {"has", "--local"}, label, has_label_script(label),
                            entry.path().text());
    if (reply.kind == GatewayAnswer::yes) return {true, {}};
    if (reply.kind == GatewayAnswer::no) return {false, {}};
    return {false, reply.kind == GatewayAnswer::empty ? "(an empty answer)" : share_words(reply.text)};
}

void CommandStore::set(const ShareEntry& entry, const std::vector<std::string>& verb, const Label& label,
                       const std::string& script) const {
    const Reply reply = ask(entry.folder(), entry.name_in_folder(), verb, label, script, entry.path().text());
    if (reply.kind == GatewayAnswer::empty) return;
    throw Rejected("The share refuses \"" + script + "\" for " + entry.path().text() + ": " + share_words(reply.text));
}

void CommandStore::add(const ShareEntry& entry, const Label& label) {
    set(entry, {"add"}, label, add_label_script(label));
}

void CommandStore::remove(const ShareEntry& entry, const Label& label) {
    set(entry, {"delete", "--force"}, label, remove_label_script(label));
}

}  // namespace hammertrack
