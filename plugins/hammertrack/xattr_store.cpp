#include "hammertrack/xattr_store.hpp"

#include "hammertrack/errors.hpp"

#include <cerrno>

#include <sys/xattr.h>

namespace hammertrack {
namespace {

// The functions on descriptors refuse O_PATH ones; the kernel's own link to the open file is as safe against renames.
std::string handle(int fd) {
    return "/proc/self/fd/" + std::to_string(fd);
}

[[noreturn]] void refuse(int error, const std::string& operation, const std::string& object) {
    if (error == ENOTSUP) {
        throw ShareAway("The file system of " + object +
                        " has no user extended attributes. Use another folder, or another label_store.");
    }
    throw_share_error(error, operation, object);
}

}  // namespace

std::string XattrStore::prove(const ShareRoot& root, const Label& any) {
    if (::getxattr(handle(root.descriptor()).c_str(), attribute(any).c_str(), nullptr, 0) < 0 && errno != ENODATA) {
        refuse(errno, "read the labels of", root.path());
    }
    return {};
}

LabelStore::Answer XattrStore::has(const ShareEntry& entry, const Label& label) {
    if (::getxattr(handle(entry.descriptor()).c_str(), attribute(label).c_str(), nullptr, 0) >= 0) return {true, {}};
    if (errno != ENODATA) refuse(errno, "read the labels of", entry.path().text());
    return {false, {}};
}

void XattrStore::add(const ShareEntry& entry, const Label& label) {
    const std::string& value = label.text();
    if (::setxattr(handle(entry.descriptor()).c_str(), attribute(label).c_str(), value.data(), value.size(), 0) != 0) {
        refuse(errno, "label", entry.path().text());
    }
}

void XattrStore::remove(const ShareEntry& entry, const Label& label) {
    if (::removexattr(handle(entry.descriptor()).c_str(), attribute(label).c_str()) != 0 && errno != ENODATA) {
        refuse(errno, "take a label from", entry.path().text());
    }
}

}  // namespace hammertrack
