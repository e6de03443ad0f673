#include "mounted_share.hpp"

#include "fuse_operations.hpp"

#include <array>
#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
// At its end libfuse cancels threads that are about to answer a request, and with them goes the request's memory.
extern "C" const char* __lsan_default_suppressions();   // NOLINT: a name given by the sanitizer
extern "C" const char* __lsan_default_suppressions() {  // NOLINT
    return "leak:libfuse3\n";
}
#endif

namespace foley::sites {
namespace {

std::string json_text(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> code{};
            std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
            quoted += code.data();
        } else {
            quoted += c;
        }
    }
    return quoted + "\"";
}

}  // namespace

std::string MountedShare::why_impossible() {
    const int fd = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fd < 0) return "/dev/fuse cannot be opened: " + std::generic_category().message(errno);
    ::close(fd);
    return {};
}

MountedShare::MountedShare(const std::filesystem::path& backing, const std::filesystem::path& mount_point)
    : model_(std::filesystem::canonical(backing)),
      gateway_(model_, faults_),
      mount_point_(std::filesystem::canonical(mount_point)) {
    std::array<char*, 4> words{const_cast<char*>("sim-hammerspace"), const_cast<char*>("-o"),
                               const_cast<char*>("fsname=sim-hammerspace,default_permissions"), nullptr};
    fuse_args arguments{3, words.data(), 0};
    fuse_ = ::fuse_new(&arguments, &share_operations(), sizeof(fuse_operations), this);
    ::fuse_opt_free_args(&arguments);
    if (fuse_ == nullptr) throw std::runtime_error("The simulated share cannot be set up: fuse_new failed.");
    if (::fuse_mount(fuse_, mount_point_.c_str()) != 0) {
        ::fuse_destroy(fuse_);
        throw std::runtime_error("The simulated share cannot be mounted at " + mount_point_.string() + ".");
    }
    loop_ = std::thread([this] {
        fuse_loop_config* config = ::fuse_loop_cfg_create();
        ::fuse_loop_cfg_set_max_threads(config, 16);
        ::fuse_loop_mt(fuse_, config);
        ::fuse_loop_cfg_destroy(config);
        ended_ = true;
    });
}

MountedShare::~MountedShare() {
    faults_.clear();
    ::fuse_exit(fuse_);
    // A thread of the loop sees that it is to end when the next request comes. Somebody may still hold files of the
    // share open, so the unmounting alone would bring none. Whatever is not answered any more ends with the connection.
    std::thread knock([path = mount_point_.string()] {
        struct stat ignored {};
        ::stat(path.c_str(), &ignored);
    });
    loop_.join();
    ::fuse_unmount(fuse_);
    ::fuse_destroy(fuse_);
    knock.join();
}

std::string MountedShare::control(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    try {
        if (words.size() >= 2 && words[0] == "fault") {
            faults_.set(share_fault_from(words[1]), words.size() > 2 ? static_cast<unsigned>(std::stoul(words[2])) : 0);
        } else if (words.size() >= 2 && words[0] == "define") {
            model_.define_label(words[1], {words.begin() + 2, words.end()});
        } else if (words.size() == 2 && words[0] == "undefine") {
            model_.remove_label(words[1]);
        } else if (words.size() == 2 && words[0] == "clear" && words[1] == "history") {
            model_.clear_history();
        } else {
            return "The control file takes: fault WORD [TIMES], define LABEL [IMPLIED...], undefine LABEL, clear "
                   "history.";
        }
    } catch (const std::exception& error) {
        return error.what();
    }
    return {};
}

std::string MountedShare::state_json() const {
    std::string text = "{\"fault\":" + json_text(std::string(to_string(faults_.current()))) + ",\"labels\":{";
    bool first = true;
    for (const auto& [path, labels] : model_.all_labels()) {
        text += (first ? "" : ",") + json_text(path) + ":[";
        first = false;
        bool first_label = true;
        for (const std::string& label : labels) {
            text += (first_label ? "" : ",") + json_text(label);
            first_label = false;
        }
        text += "]";
    }
    text += "},\"history\":[";
    first = true;
    for (const auto& done : model_.history()) {
        text += (first ? "" : ",") + ("{\"path\":" + json_text(done.path)) + ",\"command\":" + json_text(done.command) +
                ",\"answer\":" + json_text(done.answer) + "}";
        first = false;
    }
    return text + "]}\n";
}

}  // namespace foley::sites
