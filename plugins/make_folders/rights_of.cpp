#include "make_folders/rights_of.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <grp.h>
#include <pwd.h>

namespace make_folders {
namespace {

constexpr std::size_t kBuffer = std::size_t{64} << 10U;  // of the entry of a user or group

template <typename Id>
std::optional<Id> number(const std::string& text) {
    Id id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(id) : std::nullopt;
}

uid_t user_of(const std::string& name) {
    if (const auto id = number<uid_t>(name)) return *id;
    std::vector<char> buffer(kBuffer);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        throw std::invalid_argument(fmt::format("owner: this machine knows no user \"{}\".", name));
    return entry.pw_uid;
}

gid_t group_of(const std::string& name) {
    if (const auto id = number<gid_t>(name)) return *id;
    std::vector<char> buffer(kBuffer);
    group entry{};
    group* found = nullptr;
    if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        throw std::invalid_argument(fmt::format("group: this machine knows no group \"{}\".", name));
    return entry.gr_gid;
}

mode_t mode_of(const std::string& text) {
    const bool octal = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '7'; });
    if (!octal || text.size() < 3 || text.size() > 4)
        throw std::invalid_argument(
            fmt::format("mode: \"{}\" is no mode. Write three or four octal digits in quotes: \"2775\".", text));
    mode_t mode = 0;
    for (const char digit : text)
        mode = mode * 8 + static_cast<mode_t>(digit - '0');
    if ((mode & 0300) != 0300)
        throw std::invalid_argument(
            fmt::format("mode: with \"{}\" nothing could be made in the folder by its owner.", text));
    return mode;
}

}  // namespace

Rights rights_of(const std::string& mode, const std::string& owner, const std::string& group) {
    Rights rights;
    if (!mode.empty()) rights.mode = mode_of(mode);
    if (!owner.empty()) rights.owner = user_of(owner);
    if (!group.empty()) rights.group = group_of(group);
    return rights;
}

}  // namespace make_folders
