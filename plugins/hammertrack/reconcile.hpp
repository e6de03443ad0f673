// Reconcile: compares, in slices between events, what ftrack says with what the share has, and mends the difference. It
// goes through all entities that have the attribute and all that are remembered, and keeps its place over restarts.
//
// A pass: 1. survey: remember where every entity with labels is, so that from then on it is known who else wants labels
// at a path. Until the first survey is complete no label is taken away anywhere. 2. sweep: follow everything that is
// remembered. 3. leftovers, in a deep pass only: follow what has the attribute but no labels, in case some were left
// there. A pass is never broken off by a gap, so it ends however many gaps there are; but a survey in which one fell
// does not count, and the pass after it surveys anew.
//
// Owner: Service. Thread: the callbacks'. Throws ShareAway, foley::SiteError and what the memory throws; then nothing
// of the slice counts and the same slice comes again.
#pragma once

#include "hammertrack/follower.hpp"
#include "hammertrack/memory.hpp"
#include "hammertrack/tracker.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <set>
#include <string>

namespace hammertrack {

class Reconcile {
public:
    using Time = std::chrono::sys_seconds;

    struct Options {
        std::set<EntityKind> kinds{EntityKind::task, EntityKind::version};
        std::size_t slice = 50;  // entities
        std::chrono::seconds interval{std::chrono::hours(6)};
        // What the memory depends on. When it changes, the memory is surveyed anew before anything is taken away.
        std::string fingerprint;
    };
    // What a slice works with; all of the present callback.
    struct Tools {
        Memory& memory;
        Tracker& tracker;
        Placements& placements;
        std::function<Follower(Removal)> follower;
        Log log;
    };

    explicit Reconcile(Options options) : options_(std::move(options)) {}

    // Reads where the last process stopped. Call before all others.
    void load(Memory& memory);
    // A deep pass as soon as there is time; after the present one, if one is under way. Changes may have been missed,
    // so nothing is taken away before the next survey is complete. Durable with the callback.
    void request(Memory& memory);
    // For a start, where nothing was missed, since what happened meanwhile is still to come as events: a deep pass
    // after the one that is under way.
    void request() noexcept { state_.requested = true; }

    // Whether it is known who wants labels where.
    Removal removal() const noexcept {
        return state_.surveyed == options_.fingerprint ? Removal::allowed : Removal::not_yet;
    }
    bool due(Time now) const noexcept;
    bool under_way() const noexcept { return state_.phase != Phase::idle; }
    // One slice; begins a pass when none is under way.
    void step(const Tools& tools, Time now);

private:
    enum class Phase {
        idle = 0,
        survey_tasks = 1,
        survey_versions = 2,
        sweep = 3,
        left_tasks = 4,
        left_versions = 5
    };  // stored
    struct State {
        Phase phase = Phase::idle;
        std::string after;  // cursor in the phase
        bool deep = false;
        bool requested = true;
        bool missed = false;   // events were, during the pass under way: its survey does not count
        std::string of;        // fingerprint of the pass under way
        std::string surveyed;  // fingerprint of the last complete survey that counts
        Time finished{};
        std::size_t looked_at = 0, changed = 0, missing = 0, rejected = 0;
    };

    void begin();
    void survey(const Tools& tools, State& next, EntityKind kind);
    void sweep(const Tools& tools, State& next);
    void leftovers(const Tools& tools, State& next, EntityKind kind);
    void advance(State& next, Time now, const Log& log) const;
    void tell(const FollowReport& report, State& next, const Log& log);
    void store(Memory& memory, const State& state) const;

    Options options_;
    State state_;
    std::set<std::string> said_;  // sentences, once per pass
};

}  // namespace hammertrack
