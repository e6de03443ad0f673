// FtrackSource: follows the event hub of an ftrack site.
//
// The hub replays nothing, so each time away becomes an event of its own, a gap from what was last heard until the
// subscriptions stand again; it is appended before whatever comes after it. A start is a time away too: from the time
// in the cursor, or, the first time ever, from the source's own start.
//
// Threads: one for the hub, which never waits for the journal, and the appender's. Owner: Engine. See Source.
#pragma once

#include "core/source/ftrack/ftrack_options.hpp"
#include "core/source/source.hpp"

#include <memory>

namespace foley::core {

class FtrackSource final : public Source {
public:
    // Throws std::invalid_argument or SiteError, with a sentence, when the options make no sense. What the context
    // refers to outlives the source.
    FtrackSource(FtrackSourceOptions options, SourceContext context);
    ~FtrackSource() override;

    const std::string& name() const noexcept override;
    const std::string& site() const noexcept override;
    void start() override;
    void stop() override;
    void join() override;
    void pause(bool paused) override;
    SourceStatus status() const override;
    bool reply(const Event& event, std::string_view json) override;

private:
    class Follower;
    std::unique_ptr<Follower> follower_;
};

}  // namespace foley::core
