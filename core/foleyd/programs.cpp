#include "core/foleyd/programs.hpp"

#include <stdexcept>
#include <system_error>

#include <unistd.h>

namespace foley::core {

std::filesystem::path find_program(const std::string& name) {
    std::error_code error;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) throw std::runtime_error("cannot find " + name + ": /proc/self/exe: " + error.message());
    const auto beside = own.parent_path() / name;
    const auto installed = (own.parent_path() / "../libexec/foley" / name).lexically_normal();
    for (const auto& candidate : {beside, installed}) {
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    throw std::runtime_error("cannot find " + name + "; it is neither " + beside.string() + " nor " +
                             installed.string() + ". Install Foley again.");
}

}  // namespace foley::core
