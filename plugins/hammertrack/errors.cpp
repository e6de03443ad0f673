#include "hammertrack/errors.hpp"

#include <cerrno>
#include <system_error>

namespace hammertrack {

void throw_share_error(int error, const std::string& operation, const std::string& object) {
    const std::string sentence =
        "Cannot " + operation + " " + object + ": " + std::generic_category().message(error) + ".";
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            throw EntryMissing(sentence);
        case ESTALE:
        case EBUSY:
        case EAGAIN:
        case EINTR:
            throw Unsettled(sentence);
        case EIO:
        case ENXIO:
        case ENODEV:
        case EROFS:
        case ENOSPC:
        case EDQUOT:
        case EREMOTEIO:
        case ENOTCONN:
        case ETIMEDOUT:
        case EHOSTDOWN:
        case EHOSTUNREACH:
        case ENETDOWN:
        case ENETUNREACH:
        case ECONNREFUSED:
        case ECONNRESET:
        case ECONNABORTED:
        case ESHUTDOWN:
        case EMFILE:
        case ENFILE:
        case ENOMEM:
            throw ShareAway(sentence);
        default:
            throw Rejected(sentence);
    }
}

}  // namespace hammertrack
