// What can go wrong between hammertrack and the share, by what has to be done about it. what() is a sentence: what
// happened, to what, and where it helps what to do.
#pragma once

#include <stdexcept>
#include <string>

namespace hammertrack {

class ShareError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The share is not there: not mounted, no Hammerspace share at all, hanging, full, read-only. Nothing can be done until
// it is back, so everything waits.
class ShareAway : public ShareError {
public:
    using ShareError::ShareError;
};

// The file or folder does not exist. It may yet be made.
class EntryMissing : public ShareError {
public:
    using ShareError::ShareError;
};

// Something is in between (a stale handle, a rename at this moment): the same again, a little later.
class Unsettled : public ShareError {
public:
    using ShareError::ShareError;
};

// This path is never labelled: it is empty, climbs out of the share, or is the share itself. Final.
class PathRefused : public ShareError {
public:
    using ShareError::ShareError;
};

// The share, or the file system, said no to this one operation, or did not do what it said. A person has to look.
class Rejected : public ShareError {
public:
    using ShareError::ShareError;
};

// Throws the error of the kind that an errno stands for: "Cannot <operation> <object>: No such file or directory."
[[noreturn]] void throw_share_error(int error, const std::string& operation, const std::string& object);

}  // namespace hammertrack
