#include "gateway_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

namespace foley::sites {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view kName = ".fs_command_gateway 0x";
constexpr std::chrono::seconds kForgetAfter{30};
constexpr std::size_t kLargestCommand = std::size_t{1} << 20U;

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace

bool is_gateway_path(std::string_view path) noexcept {
    const auto slash = path.rfind('/');
    const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    return name.substr(0, kName.size()) == kName;
}

GatewayFiles::File* GatewayFiles::find(const std::string& path) {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

int GatewayFiles::create(const std::string& path) {
    faults_.hang(ShareFault::hang_create);
    if (faults_.strikes(ShareFault::denied)) return -EACCES;
    if (faults_.strikes(ShareFault::full)) return -ENOSPC;
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    for (auto each = files_.begin(); each != files_.end();) {
        each = now - each->second.touched > kForgetAfter ? files_.erase(each) : std::next(each);
    }
    files_[path] = File{{}, false, now};
    return 0;
}

int GatewayFiles::open(const std::string& path, bool for_writing, bool truncate) {
    if (!for_writing) {
        faults_.hang(ShareFault::hang_open);
        if (faults_.strikes(ShareFault::stale)) return -ESTALE;
    }
    const std::lock_guard lock(mutex_);
    File* file = find(path);
    if (file == nullptr) return -ENOENT;
    if (truncate) file->content.clear();
    return 0;
}

int GatewayFiles::write(const std::string& path, std::string_view bytes, std::size_t offset) {
    const std::lock_guard lock(mutex_);
    File* file = find(path);
    if (file == nullptr) return -ENOENT;
    if (offset + bytes.size() > kLargestCommand) return -EFBIG;
    if (!file->written) file->content.clear();
    file->written = true;
    file->content.resize(std::max(file->content.size(), offset + bytes.size()), '\0');
    std::copy(bytes.begin(), bytes.end(), file->content.begin() + static_cast<std::ptrdiff_t>(offset));
    return static_cast<int>(bytes.size());
}

int GatewayFiles::read(const std::string& path, char* buffer, std::size_t size, std::size_t offset) {
    faults_.hang(ShareFault::hang_read);
    if (faults_.strikes(ShareFault::io_error)) return -EIO;
    const std::lock_guard lock(mutex_);
    const File* file = find(path);
    if (file == nullptr) return -ENOENT;
    if (offset >= file->content.size()) return 0;
    const auto count = std::min(size, file->content.size() - offset);
    return static_cast<int>(file->content.copy(buffer, count, offset));
}

int GatewayFiles::truncate(const std::string& path, std::size_t size) {
    const std::lock_guard lock(mutex_);
    File* file = find(path);
    if (file == nullptr) return -ENOENT;
    if (size > kLargestCommand) return -EFBIG;
    file->content.resize(size, '\0');
    return 0;
}

int GatewayFiles::flush(const std::string& path) {
    std::string command;
    {
        const std::lock_guard lock(mutex_);
        const File* file = find(path);
        if (file == nullptr || !file->written) return 0;
        command = file->content;
    }
    faults_.hang(ShareFault::hang_close);
    if (faults_.strikes(ShareFault::slow)) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    std::string text = answer(folder_of(path), command);
    const std::lock_guard lock(mutex_);
    if (File* file = find(path)) {
        file->content = std::move(text);
        file->written = false;
        file->touched = Clock::now();
    }
    return 0;
}

std::string GatewayFiles::answer(const std::string& folder, const std::string& command) {
    if (faults_.strikes(ShareFault::echo)) return command;
    if (faults_.strikes(ShareFault::silent)) return {};
    const bool set = command.find("?.set") != std::string::npos;
    if (set && faults_.strikes(ShareFault::error)) return "Error: the share is in a bad mood\n";
    if (set && faults_.strikes(ShareFault::not_utf8)) return "Error: \xff\xfe\n";
    std::string text = model_.run(folder, command);
    if (!text.empty() && faults_.strikes(ShareFault::no_newline)) text.pop_back();
    if (!text.empty() && faults_.strikes(ShareFault::long_answer)) text = std::string(20000, ' ') + text;
    return text;
}

int GatewayFiles::remove(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return files_.erase(path) == 0 ? -ENOENT : 0;
}

std::optional<std::size_t> GatewayFiles::size(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    if (found == files_.end()) return std::nullopt;
    return found->second.content.size();
}

}  // namespace foley::sites
