#include "core/hosting/library_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <vector>

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "plugins are known for x86-64 and AArch64 only"
#endif

std::string error_text() {
    return std::generic_category().message(errno);
}

std::string machine_name(Elf64_Half machine) {
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
            return "machine type " + std::to_string(machine);
    }
}

// How long the file must be: up to the end of its segments and of its section headers, which linkers write last.
// 0: the headers themselves are not there.
std::uint64_t expected_size(int fd, const Elf64_Ehdr& header) {
    std::uint64_t end = header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize;
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0) return 0;
    std::vector<Elf64_Phdr> segments(header.e_phnum);
    const std::size_t size = segments.size() * sizeof(Elf64_Phdr);
    if (::pread(fd, segments.data(), size, static_cast<off_t>(header.e_phoff)) != static_cast<ssize_t>(size)) return 0;
    for (const Elf64_Phdr& segment : segments)
        end = std::max(end, segment.p_offset + segment.p_filesz);
    return end;
}

}  // namespace

std::string wrong_library_file(int fd) {
    struct stat info {};
    if (::fstat(fd, &info) != 0) return "cannot be read: " + error_text();
    if (!S_ISREG(info.st_mode)) return "is not a file";
    Elf64_Ehdr header{};
    const ssize_t got = ::pread(fd, &header, sizeof header, 0);
    if (got < 0) return "cannot be read: " + error_text();
    if (got < SELFMAG || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        return "is not a shared library (no ELF file). Copy the built library, not a script or a text";
    }
    if (got < ssize_t{sizeof header}) return "is cut short. Was it copied whole?";
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != kMachine) {
        return "was built for " + machine_name(header.e_machine) + ", this machine is " + machine_name(kMachine) +
               ". Build it for this machine";
    }
    if (header.e_type != ET_DYN) return "is not a shared library but another kind of ELF file. Link it with -shared";
    const std::uint64_t expected = expected_size(fd, header);
    if (expected == 0 || static_cast<std::uint64_t>(info.st_size) < expected) {
        return "is cut short. Was it copied whole?";
    }
    return {};
}

std::string wrong_library_file(const std::string& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return "cannot be opened: " + error_text();
    std::string problem = wrong_library_file(fd);
    ::close(fd);
    return problem;
}

}  // namespace foley::core
