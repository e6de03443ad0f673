#include "core/engine/library_store.hpp"

#include "core/engine/trust.hpp"
#include "core/os/files.hpp"
#include "core/os/unique_fd.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <system_error>

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& operation, const fs::path& object) {
    throw std::system_error(errno, std::generic_category(), operation + " " + object.string());
}

std::string read_all(int fd, const fs::path& path, std::size_t expected) {
    std::string content(expected, '\0');
    std::size_t filled = 0;
    while (filled < content.size()) {
        const ssize_t count = ::read(fd, content.data() + filled, content.size() - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("cannot read", path);
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    content.resize(filled);
    return content;
}

std::string digest(std::string_view content) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (EVP_Digest(content.data(), content.size(), bytes, &length, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("cannot compute a SHA-256 digest");
    }
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (unsigned index = 0; index < 16 && index < length; ++index) {
        text += kDigits[bytes[index] >> 4];
        text += kDigits[bytes[index] & 15];
    }
    return text;
}

// Nothing: it is not there, or cannot be read.
std::optional<std::string> content_of(const fs::path& path) {
    try {
        return read_file(path);
    } catch (const std::system_error&) {
        return std::nullopt;
    }
}

constexpr std::uint16_t kMachine =
#if defined(__x86_64__)
    EM_X86_64;
#elif defined(__aarch64__)
    EM_AARCH64;
#else
    EM_NONE;
#endif

std::string machine_name(std::uint16_t machine) {
    switch (machine) {
        case EM_X86_64:
            return "x86-64";
        case EM_AARCH64:
            return "AArch64";
        case EM_386:
            return "32-bit x86";
        case EM_ARM:
            return "32-bit ARM";
        default:
            return "machine number " + std::to_string(machine);
    }
}

}  // namespace

std::optional<std::string> why_not_a_library(std::string_view content, bool& part) {
    part = false;
    Elf64_Ehdr header{};
    const std::string_view magic(ELFMAG, SELFMAG);
    if (content.substr(0, magic.size()) != magic.substr(0, std::min(magic.size(), content.size()))) {
        return std::string("it is not an ELF file, so not a shared library");
    }
    if (content.size() < sizeof header) {
        part = true;
        return "it is only the beginning of an ELF file (" + std::to_string(content.size()) + " bytes)";
    }
    std::memcpy(&header, content.data(), sizeof header);
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != kMachine) {
        return "it is built for " + machine_name(header.e_machine) + ", this machine is " + machine_name(kMachine);
    }
    if (header.e_type != ET_DYN) return std::string("it is an ELF file but not a shared library; link it with -shared");
    const std::uint64_t sections_end = header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize;
    const std::uint64_t programs_end = header.e_phoff + std::uint64_t{header.e_phnum} * header.e_phentsize;
    std::uint64_t end = std::max(sections_end, programs_end);
    if (programs_end <= content.size() && header.e_phentsize == sizeof(Elf64_Phdr)) {
        for (unsigned index = 0; index < header.e_phnum; ++index) {
            Elf64_Phdr segment{};
            std::memcpy(&segment, content.data() + header.e_phoff + index * sizeof segment, sizeof segment);
            if (segment.p_type == PT_LOAD) end = std::max(end, segment.p_offset + segment.p_filesz);
        }
    }
    if (end > content.size()) {
        part = true;
        return "it is cut short: its headers speak of " + std::to_string(end) + " bytes, it has " +
               std::to_string(content.size());
    }
    return std::nullopt;
}

LibraryStore::LibraryStore(fs::path directory, std::vector<std::string> trusted_owners,
                           std::vector<std::string> trusted_groups)
    : directory_(std::move(directory)),
      trusted_owners_(std::move(trusted_owners)),
      trusted_groups_(std::move(trusted_groups)) {}

LibraryStore::Taken LibraryStore::take(const PluginFile& file) const {
    const UniqueFd source(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!source) {
        return {{}, file.path.string() + " cannot be opened: " + std::strerror(errno), errno == ENOENT};
    }
    struct stat status {};
    if (::fstat(source.get(), &status) != 0) fail("cannot examine", file.path);
    if (!S_ISREG(status.st_mode)) return {{}, file.path.string() + " is not a regular file", false};
    if (std::optional<std::string> why = why_file_untrusted(status, trusted_owners_, trusted_groups_)) {
        return {{}, file.path.string() + " is refused: " + *why, false};
    }
    const std::string content = read_all(source.get(), file.path, static_cast<std::size_t>(status.st_size));
    bool part = false;
    if (std::optional<std::string> why = why_not_a_library(content, part)) {
        return {{}, file.path.string() + " cannot be loaded: " + *why, part};
    }
    LibraryCopy copy;
    copy.build = digest(content);
    const fs::path directory = directory_ / file.name;
    if (fs::create_directories(directory)) sync_directory(directory_);
    copy.path = directory / (copy.build + ".so");
    // Its name alone proves nothing: an earlier Foley, a power cut or a person may have left anything there.
    if (content_of(copy.path) == content) {
        fs::last_write_time(copy.path, fs::file_time_type::clock::now());  // the newest again, for prune
    } else {
        write_file_atomically(copy.path, content, Durability::synced, 0500);
    }
    return {copy, {}, false};
}

std::optional<LibraryCopy> LibraryStore::find(const std::string& plugin, const std::string& build) const {
    LibraryCopy copy{directory_ / plugin / (build + ".so"), build};
    const std::optional<std::string> content = content_of(copy.path);
    if (!content || digest(*content) != build) return std::nullopt;
    return copy;
}

void LibraryStore::prune(const std::string& plugin, unsigned keep, const std::vector<std::string>& in_use) const {
    std::vector<std::pair<fs::file_time_type, fs::path>> copies;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_ / plugin, ignored)) {
        if (entry.path().extension() == ".so") copies.emplace_back(entry.last_write_time(), entry.path());
    }
    std::sort(copies.rbegin(), copies.rend());
    for (std::size_t index = keep; index < copies.size(); ++index) {
        const std::string build = copies[index].second.stem().string();
        if (std::find(in_use.begin(), in_use.end(), build) == in_use.end()) fs::remove(copies[index].second, ignored);
    }
}

}  // namespace foley::core
