#include "core/os/accounts.hpp"

#include "core/os/system_error.hpp"

#include <cerrno>
#include <vector>

#include <grp.h>
#include <pwd.h>

namespace foley::core {
namespace {

// Calls one of getpwnam_r and its like with as much room as it wants. `take` is called with the entry, which is gone
// afterwards. The code of the failure, or 0, also when there is no such entry.
template <class Entry, class Key, class Take>
int look_up(int (*function)(Key, Entry*, char*, std::size_t, Entry**), Key key, const Take& take) {
    constexpr std::size_t kMost = std::size_t{16} << 20;  // a group can have many members
    std::vector<char> room(4096);
    for (;;) {
        Entry entry{};
        Entry* found = nullptr;
        const int error = function(key, &entry, room.data(), room.size(), &found);
        if (error == EINTR) continue;
        if (error == ERANGE && room.size() < kMost) {
            room.resize(room.size() * 4);
            continue;
        }
        if (error == 0 && found != nullptr) take(*found);
        return error;
    }
}

}  // namespace

std::optional<unsigned> user_id(const std::string& name) {
    std::optional<unsigned> number;
    const int error =
        look_up<passwd, const char*>(::getpwnam_r, name.c_str(), [&](const passwd& entry) { number = entry.pw_uid; });
    if (error != 0) throw_errno("cannot look up the user " + name, error);
    return number;
}

std::optional<unsigned> group_id(const std::string& name) {
    std::optional<unsigned> number;
    const int error =
        look_up<group, const char*>(::getgrnam_r, name.c_str(), [&](const group& entry) { number = entry.gr_gid; });
    if (error != 0) throw_errno("cannot look up the group " + name, error);
    return number;
}

std::string user_name(unsigned uid) {
    std::string name = std::to_string(uid);
    look_up<passwd, uid_t>(::getpwuid_r, uid, [&](const passwd& entry) { name = entry.pw_name; });
    return name;
}

std::string group_name(unsigned gid) {
    std::string name = std::to_string(gid);
    look_up<group, gid_t>(::getgrgid_r, gid, [&](const group& entry) { name = entry.gr_name; });
    return name;
}

}  // namespace foley::core
