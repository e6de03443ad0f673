// Doubt: whether something that was sent to the site may still appear there.
//
// A request that was cut or timed out can be carried out after its sender has looked for its result. The same goes for
// what the process before this one sent, if it was killed meanwhile. Until some time has passed, not finding a thing
// proves nothing, and it must not be created anew.
//
// Thread: one at a time.
#pragma once

#include <foley/error.hpp>
#include <foley/outcome.hpp>
#include <foley/shape.hpp>

#include <chrono>
#include <optional>

namespace rules {

class Doubt {
public:
    using Clock = std::chrono::steady_clock;

    // This process began `now`: an event that was received before `began` may have been in the hands of another.
    Doubt(foley::Duration settle, foley::Timestamp began, Clock::time_point now)
        : settle_(settle), began_(began), others_until_(now + settle), own_until_(now) {}

    // A write ended so.
    void add(const foley::SiteError& error, Clock::time_point now);
    // How long to wait before something may be created for an event that was received then; nothing: no time.
    std::optional<foley::Duration> left(foley::Timestamp received, Clock::time_point now) const;

private:
    foley::Duration settle_;
    foley::Timestamp began_;
    Clock::time_point others_until_;
    Clock::time_point own_until_;
};

}  // namespace rules
