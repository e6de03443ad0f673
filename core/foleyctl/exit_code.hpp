// The exit codes of foleyctl. Documented in docs/control-interface.md: never renumber.
#pragma once

namespace foley::core {

enum class CtlExit : int {
    ok = 0,
    refused = 1,      // the daemon (or the library) said no, and why
    usage = 2,        // the command makes no sense
    unreachable = 3,  // no daemon answers
    unwell = 4,       // `status`: something needs a person
};

}  // namespace foley::core
