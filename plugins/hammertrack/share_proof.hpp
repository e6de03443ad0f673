// The proof that a folder is a share: an answer to a question that only a share gives. It is asked for in the folder
// itself, and where Foley may not write there, as in an administrator's share root, in folders beneath. No answer at
// all is no proof: a mount point with nothing mounted on it looks just like a share that one may not write to.
//
// Thread: any. May block for as long as the share does.
#pragma once

#include "hammertrack/share_root.hpp"

#include <functional>
#include <string>

namespace hammertrack {

// Asks in the folder of that descriptor, which is `shown` to people. Returns what could not be proved, or nothing.
// Throws Rejected where it got no answer, ShareAway where there certainly is no share.
using Question = std::function<std::string(int folder, const std::string& shown)>;

// What `ask` returned in the first folder that answered. Throws ShareAway when none did.
std::string prove_share(const ShareRoot& root, const Question& ask);

}  // namespace hammertrack
