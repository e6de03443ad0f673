// stand-in-hs: takes the place of Hammerspace's own program `hs` in tests. It understands `label add|delete|has|list`
// and does with the gateway file what the real one does: create, one write, close, open anew, read to the end, print.
//
// Before the arguments of hs it takes --variant WORD and --record FILE (each call's arguments, as one line).
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

struct Call {
    std::string verb;
    bool force = false;
    std::string scope;
    std::string depth;
    std::string label;
    std::string path = ".";
};

[[noreturn]] void usage(const std::string& why) {
    std::cerr << "Usage: hs label [OPTIONS] COMMAND\nError: " << why << "\n";
    std::exit(2);
}

Call parse(const std::vector<std::string>& arguments) {
    if (arguments.size() < 2 || arguments[0] != "label") usage("No such command.");
    Call call;
    call.verb = arguments[1];
    std::vector<std::string> positional;
    bool options = true;
    for (std::size_t i = 2; i < arguments.size(); ++i) {
        const std::string& each = arguments[i];
        if (options && each == "--") {
            options = false;
        } else if (options && each == "--force") {
            call.force = true;
        } else if (options && (each == "--local" || each == "--inherited" || each == "--object")) {
            call.scope = "_" + each.substr(2);
        } else if (options && (each == "-r" || each == "--recursive")) {
            call.depth = "_rec";
        } else if (options && each.size() > 1 && each[0] == '-') {
            usage("No such option: " + each);
        } else {
            positional.push_back(each);
        }
    }
    if (call.verb != "list") {
        if (positional.empty()) usage("Missing argument 'NAME'.");
        call.label = positional.front();
        positional.erase(positional.begin());
    }
    if (!positional.empty()) call.path = positional.front();
    return call;
}

std::string script_of(const Call& call) {
    if (call.verb == "add") return "set" + call.depth + " #assigned_labels=add_label(\"" + call.label + "\")";
    if (call.verb == "delete") {
        return "set" + call.depth + " #assigned_labels=delete_" + (call.force ? "force_" : "") + "label(\"" +
               call.label + "\")";
    }
    if (call.verb == "has") return "eval" + call.depth + " has_label" + call.scope + "(\"" + call.label + "\")";
    if (call.verb == "list") return "eval" + call.depth + " list_labels" + call.scope;
    usage("No such command '" + call.verb + "'.");
}

[[noreturn]] void trace_back(const std::string& what) {
    const int error = errno;
    std::cerr << "Traceback (most recent call last):\n  File \"hs\", line 1, in <module>\nOSError: [Errno " << error
              << "] " << std::strerror(error) << ": '" << what << "'\n";
    std::exit(1);
}

std::string exchange(const std::string& gateway, const std::string& command) {
    const int out = ::open(gateway.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (out < 0) trace_back(gateway);
    if (::write(out, command.data(), command.size()) != static_cast<ssize_t>(command.size())) trace_back(gateway);
    if (::close(out) != 0) trace_back(gateway);
    const int in = ::open(gateway.c_str(), O_RDONLY | O_CLOEXEC);
    if (in < 0) trace_back(gateway);
    std::string answer;
    std::array<char, 8192> block{};
    ssize_t size = 0;
    while ((size = ::read(in, block.data(), block.size())) > 0)
        answer.append(block.data(), static_cast<std::size_t>(size));
    if (size < 0) trace_back(gateway);
    ::close(in);
    return answer;
}

int run(const Call& call) {
    struct stat status {};
    if (::stat(call.path.c_str(), &status) != 0) usage("Path '" + call.path + "' does not exist.");
    const bool folder = S_ISDIR(status.st_mode);
    const auto slash = call.path.rfind('/');
    const std::string parent = folder ? call.path : slash == std::string::npos ? "." : call.path.substr(0, slash);
    const std::string name = folder ? "" : slash == std::string::npos ? call.path : call.path.substr(slash + 1);
    std::array<char, 48> gateway{};
    std::snprintf(gateway.data(), gateway.size(), ".fs_command_gateway 0x%x", std::random_device{}() % 100000000U);
    std::cout << exchange(parent + "/" + gateway.data(), "./" + name + "?." + script_of(call)) << std::flush;
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    std::string variant;
    std::string record;
    while (arguments.size() >= 2 && (arguments[0] == "--variant" || arguments[0] == "--record")) {
        (arguments[0] == "--variant" ? variant : record) = arguments[1];
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    if (!record.empty()) {
        std::ofstream file(record, std::ios::app);
        for (const std::string& each : arguments)
            file << each << " ";
        file << "\n";
    }
    if (variant == "silent") return 0;
    if (variant == "error") return std::cout << "Error: the share is in a bad mood\n", 0;
    if (variant == "exit1") return std::cerr << "Traceback (most recent call last):\nPermissionError: denied\n", 1;
    if (variant == "no_space") errno = ENOSPC, trace_back(".fs_command_gateway 0x1");
    if (variant == "exit2") usage("something about the arguments");
    if (variant == "killed") return ::raise(SIGKILL);
    if (variant == "hang") {
        while (true)
            ::pause();
    }
    return run(parse(arguments));
}
