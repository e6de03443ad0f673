// Source: what follows one site's event stream and appends to the journal.
//
// A source has a thread of its own, runs until it is asked to stop, and never gives up: whatever goes wrong becomes a
// state that an operator sees, and a later try. Owner: Engine.
#pragma once

#include "core/event/event.hpp"
#include "core/journal/journal.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

enum class SourceState : std::uint8_t {
    starting,
    connecting,          // first connection, or again after a loss
    live,                // follows the stream
    waiting,             // lost or refused; tries again at `next_try`
    refused,             // credentials or configuration are wrong: slow tries, needs a person
    stopped_by_journal,  // the journal takes nothing (disk full); tries again
    paused,
    stopped,
};
std::string_view to_string(SourceState state) noexcept;

struct SourceStatus {
    std::string name;
    std::string kind;  // "ftrack", "file"
    SourceState state = SourceState::starting;
    std::string detail;        // a sentence: why it is in this state; never a secret
    Timestamp since{};         // of the state
    std::uint64_t events = 0;  // appended since the start
    std::uint64_t duplicates = 0;
    std::uint64_t set_aside = 0;
    std::uint64_t reconnects = 0;
    std::optional<Timestamp> last_event_at;
    std::optional<Timestamp> last_heard_at;  // of anything, heartbeats included: alive and idle differs from stuck
    std::optional<Timestamp> next_try;
    std::uint64_t open_gaps = 0;
    std::vector<std::pair<std::string, std::string>> more;  // of the kind: {"topics", "ftrack.update"}
};

// What all sources are given. The journal outlives them. `log` may be called from any thread.
struct SourceContext {
    Journal& journal;
    const Clock& clock;
    std::function<void(int level, const std::string& text)> log;  // FOLEY_LOG_…
};

class Source {
public:
    virtual ~Source() = default;  // stops
    virtual const std::string& name() const noexcept = 0;
    // The site connection whose name events of this source carry; empty: none.
    virtual const std::string& site() const noexcept = 0;
    virtual void start() = 0;  // begins the thread
    virtual void stop() = 0;   // asks; returns at once
    virtual void join() = 0;   // waits for the thread
    virtual void pause(bool paused) = 0;
    virtual SourceStatus status() const = 0;  // any thread
    // Sends a plugin's answer to the person who waits for that event. False: this source has no way, the event is
    // unknown, or its deadline has passed. Any thread.
    virtual bool reply(const Event& event, std::string_view json) = 0;
};

}  // namespace foley::core
