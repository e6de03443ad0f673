// Service: hammertrack at work: its parts, put together at the start, and what each callback does with them.
//
// Owner: the registration in hammertrack.cpp. Thread: the callbacks'. What goes wrong becomes an outcome here:
//   the share or the site is away             hold: everything waits; also when the site answers nothing sensible
//   the site answers, but not about this      retry, or failed
//   a path does not exist yet                 retry, with backoff, for `missing_for`; then the reconciliation has it
//   the share refuses                         failed: the callback's policy is to try again, then a dead letter
//   a path or value that is never labelled    an error in the log, and done
#pragma once

#include "hammertrack/attribute_ids.hpp"
#include "hammertrack/ftrack_tracker.hpp"
#include "hammertrack/labeller.hpp"
#include "hammertrack/reconcile.hpp"
#include "hammertrack/settings.hpp"
#include "hammertrack/share.hpp"
#include "hammertrack/storage.hpp"
#include "hammertrack/touched.hpp"

#include <foley/plugin.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hammertrack {

class Service {
public:
    explicit Service(SettingHandles handles) : handles_(std::move(handles)) {}

    foley::Outcome start(foley::Context& context);
    foley::Outcome on_event(const foley::Event& event, foley::Context& context);
    foley::Outcome on_gap(const foley::Gap& gap, foley::Context& context);
    foley::Outcome tick(foley::Context& context);
    // Lets go of the share, unless an operation hangs in it.
    void stop() noexcept;

private:
    struct Call;  // what is of one callback only
    using Clock = std::chrono::steady_clock;

    void prepare(foley::Context& context);   // all that needs neither the site nor the share
    void assemble(foley::Context& context);  // the rest
    bool site_answers();
    Log make_log(foley::Context& context);
    template <typename Function>
    foley::Outcome guarded(Function function);

    std::vector<Entity> entities_of(const Touched& touched, Call& call);
    void add_beneath(const std::set<std::string>& ids, std::set<Entity>& entities, Call& call);
    void add_if_labelled(const std::set<Entity>& candidates, std::set<Entity>& entities, Call& call);
    foley::Outcome follow(const std::vector<Entity>& entities, const Touched& touched, const foley::Event& event,
                          Call& call);
    FollowReport follow_in_parts(const std::vector<Entity>& entities, Follower::Options options, Call& call);
    foley::Outcome outcome_of(const FollowReport& report, bool late) const;
    bool work(Call& call);
    bool drain_queue(Call& call);

    SettingHandles handles_;
    std::optional<Settings> settings_;
    std::optional<Storage> storage_;
    Log log_;
    bool dry_run_ = false;
    VolatileMemory pretended_;  // of a dry run
    std::unique_ptr<foley::site::Ftrack> site_;
    std::unique_ptr<AttributeSetup> attribute_;
    std::unique_ptr<FtrackTracker> tracker_;
    std::unique_ptr<AttributeIds> attribute_ids_;  // of the two above
    std::unique_ptr<Share> share_;
    std::unique_ptr<Labeller> labeller_;
    std::unique_ptr<Reconcile> reconcile_;
    bool queue_ = true;  // something may be queued
    Clock::time_point next_check_{};
    Clock::time_point paused_until_{};
    std::string away_;  // why the timer cannot work; said once
    std::set<std::string> foreign_said_;
};

}  // namespace hammertrack
