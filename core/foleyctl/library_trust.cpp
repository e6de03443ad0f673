#include "core/foleyctl/library_trust.hpp"

#include "core/config/map_reader.hpp"
#include "core/engine/trust.hpp"
#include "core/os/files.hpp"
#include "core/os/system_error.hpp"

#include <sys/stat.h>

namespace foley::core {
namespace {

struct Trusted {
    std::vector<std::string> owners, groups;
    std::optional<unsigned> daemon_user;
};

// Only what is needed is read, so that an operator needs no right to the secrets beside it.
Trusted trusted_by(const std::filesystem::path& configuration) {
    Problems problems;
    ReadingContext context;
    context.folder = std::filesystem::absolute(configuration).parent_path();
    const auto root = parse_yaml(read_file(configuration), configuration.string(), problems);
    Trusted trusted;
    std::filesystem::path state_directory = "/var/lib/foley";
    if (root) {
        MapReader reader(&*root, "", context, problems);
        reader.read("trusted_owners", trusted.owners);
        reader.read("trusted_groups", trusted.groups);
        reader.read("state_dir", state_directory);
    }
    if (!problems.errors().empty()) throw ConfigError(problems.errors());
    struct stat status {};
    if (::stat(state_directory.c_str(), &status) == 0) trusted.daemon_user = status.st_uid;
    return trusted;
}

}  // namespace

std::optional<std::string> why_untrusted(const std::filesystem::path& library,
                                         const std::optional<std::string>& configuration) {
    const Trusted trusted = configuration ? trusted_by(*configuration) : Trusted{};
    struct stat status {};
    if (::stat(library.c_str(), &status) != 0) throw_errno("cannot examine " + library.string());
    return why_file_untrusted(status, trusted.owners, trusted.groups, trusted.daemon_user);
}

}  // namespace foley::core
