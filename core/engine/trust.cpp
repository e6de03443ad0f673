#include "core/engine/trust.hpp"

#include "core/os/accounts.hpp"

#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

// By name or by number.
bool names(const std::vector<std::string>& trusted, const std::string& name, unsigned number) {
    for (const std::string& one : trusted) {
        if (one == name || one == std::to_string(number)) return true;
    }
    return false;
}

std::optional<std::string> why_untrusted(const struct stat& status, const std::vector<std::string>& trusted_owners,
                                         const std::vector<std::string>& trusted_groups, unsigned daemon_user,
                                         bool accept_sticky) {
    if (status.st_uid != 0 && status.st_uid != daemon_user) {
        const std::string owner = user_name(status.st_uid);
        if (!names(trusted_owners, owner, status.st_uid)) {
            return "it belongs to " + owner + ", who is neither root nor foleyd's user nor one of trusted_owners";
        }
    }
    const bool sticky = accept_sticky && (status.st_mode & S_ISVTX) != 0;
    if ((status.st_mode & S_IWOTH) != 0 && !sticky) {
        return std::string("everybody can write it; take that right away (chmod o-w)");
    }
    if ((status.st_mode & S_IWGRP) != 0 && !sticky && status.st_gid != 0) {
        const std::string group = group_name(status.st_gid);
        if (!names(trusted_groups, group, status.st_gid)) {
            return "the group " + group +
                   " can write it and is not one of trusted_groups; chmod g-w, or trust the group";
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> why_file_untrusted(const struct stat& status, const std::vector<std::string>& trusted_owners,
                                              const std::vector<std::string>& trusted_groups,
                                              std::optional<unsigned> daemon_user) {
    return why_untrusted(status, trusted_owners, trusted_groups, daemon_user.value_or(::geteuid()), false);
}

std::optional<std::string> why_directory_untrusted(const std::filesystem::path& directory,
                                                   const std::vector<std::string>& trusted_owners,
                                                   const std::vector<std::string>& trusted_groups) {
    const std::filesystem::path whole = std::filesystem::canonical(directory);
    for (std::filesystem::path at = whole;; at = at.parent_path()) {
        struct stat status {};
        if (::stat(at.c_str(), &status) != 0) {
            throw std::system_error(errno, std::generic_category(), "cannot examine " + at.string());
        }
        if (std::optional<std::string> why =
                why_untrusted(status, trusted_owners, trusted_groups, ::geteuid(), at != whole)) {
            return (at == whole ? "" : at.string() + " above it: ") + *why;
        }
        if (at == at.root_path()) return std::nullopt;
    }
}

}  // namespace foley::core
