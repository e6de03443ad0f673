// ShotgridSource: follows the event log of a ShotGrid site by asking it, again and again, for what is above the newest
// id that it knows, and on their own for the ids that are missing below it.
//
// It never loses its place: that is an id in the journal, moved only in the transaction that appends what was read. So
// a time away makes no gap event; what happened meanwhile is read afterwards. An event that comes late, because its
// transaction took long, is appended when it appears.
//
// Cursor: core/source/shotgrid/log_cursor.hpp. Threads: one. Owner: Engine. See Source.
#pragma once

#include "core/source/shotgrid/shotgrid_options.hpp"
#include "core/source/source.hpp"

#include <foley/site/transport.hpp>

#include <memory>

namespace foley::core {

class ShotgridSource final : public Source {
public:
    // Throws SiteError, with a sentence, when the connection makes no sense. What the context refers to outlives the
    // source.
    ShotgridSource(ShotgridSourceOptions options, SourceContext context);
    // Over a transport of another kind, for tests.
    ShotgridSource(ShotgridSourceOptions options, SourceContext context, std::unique_ptr<site::Transport> transport);
    ~ShotgridSource() override;

    const std::string& name() const noexcept override;
    const std::string& site() const noexcept override;
    void start() override;
    void stop() override;
    void join() override;
    void pause(bool paused) override;
    SourceStatus status() const override;
    bool reply(const Event&, std::string_view) override { return false; }  // nobody waits behind a log

private:
    class Follower;
    std::unique_ptr<Follower> follower_;
};

}  // namespace foley::core
