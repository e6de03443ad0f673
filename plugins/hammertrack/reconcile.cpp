#include "hammertrack/reconcile.hpp"

#include <foley/json.hpp>

namespace hammertrack {
namespace {

namespace json = foley::json;
const std::string kKey = "r/state";

}  // namespace

void Reconcile::load(Memory& memory) {
    const auto text = memory.get(kKey);
    if (!text) return;
    const auto stored = json::parse(*text);
    const auto number = [&](std::string_view name) { return json::integer(json::member(stored, name)).value_or(0); };
    state_.phase = static_cast<Phase>(number("phase"));
    state_.after = json::text_or_empty(stored, "after");
    state_.deep = json::is_true(json::member(stored, "deep"));
    state_.requested = json::is_true(json::member(stored, "requested"));
    state_.missed = json::is_true(json::member(stored, "missed"));
    state_.of = json::text_or_empty(stored, "of");
    state_.surveyed = json::text_or_empty(stored, "surveyed");
    state_.finished = Time(std::chrono::seconds(number("finished")));
    // A pass under other settings says nothing about these.
    if (under_way() && state_.of != options_.fingerprint) begin();
}

void Reconcile::store(Memory& memory, const State& state) const {
    foley::rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    writer.Key("phase");
    writer.Int(static_cast<int>(state.phase));
    writer.Key("after");
    writer.String(state.after);
    writer.Key("deep");
    writer.Bool(state.deep);
    writer.Key("requested");
    writer.Bool(state.requested);
    writer.Key("missed");
    writer.Bool(state.missed);
    writer.Key("of");
    writer.String(state.of);
    writer.Key("surveyed");
    writer.String(state.surveyed);
    writer.Key("finished");
    writer.Int64(state.finished.time_since_epoch().count());
    writer.EndObject();
    memory.put(kKey, buffer.GetString());
}

void Reconcile::request(Memory& memory) {
    State next = state_;
    next.requested = true;
    next.missed = true;
    next.surveyed.clear();
    store(memory, next);
    state_ = std::move(next);
}

bool Reconcile::due(Time now) const noexcept {
    return under_way() || state_.requested || now - state_.finished >= options_.interval;
}

void Reconcile::begin() {
    said_.clear();
    state_.deep = state_.requested || state_.surveyed != options_.fingerprint;
    state_.requested = false;
    state_.missed = false;
    state_.of = options_.fingerprint;
    state_.phase = Phase::survey_tasks;
    state_.after.clear();
    state_.looked_at = state_.changed = state_.missing = state_.rejected = 0;
}

// The state moves on only when the slice and the writing of it have worked.
void Reconcile::step(const Tools& tools, Time now) {
    if (!under_way()) begin();
    State next = state_;
    switch (state_.phase) {
        case Phase::idle:
            return;
        case Phase::survey_tasks:
            survey(tools, next, EntityKind::task);
            break;
        case Phase::survey_versions:
            survey(tools, next, EntityKind::version);
            break;
        case Phase::sweep:
            sweep(tools, next);
            break;
        case Phase::left_tasks:
            leftovers(tools, next, EntityKind::task);
            break;
        case Phase::left_versions:
            leftovers(tools, next, EntityKind::version);
            break;
    }
    if (next.after.empty()) advance(next, now, tools.log);
    store(tools.memory, next);
    state_ = std::move(next);
}

void Reconcile::advance(State& next, Time now, const Log& log) const {
    next.phase = static_cast<Phase>(static_cast<int>(next.phase) + 1);
    if (next.phase == Phase::sweep && !next.missed) next.surveyed = options_.fingerprint;
    const bool over = next.phase > Phase::left_versions || (next.phase > Phase::sweep && !next.deep);
    if (!over) return;
    next.phase = Phase::idle;
    next.finished = now;
    log(next.changed + next.rejected > 0 ? Level::info : Level::debug,
        "reconciled: " + std::to_string(next.looked_at) + " entities looked at, " + std::to_string(next.changed) +
            " paths mended, " + std::to_string(next.missing) + " not there yet, " + std::to_string(next.rejected) +
            " refused by the share");
}

void Reconcile::survey(const Tools& tools, State& next, EntityKind kind) {
    next.after.clear();
    if (options_.kinds.count(kind) == 0) return;
    auto page = tools.tracker.page(kind, state_.after, options_.slice);
    tools.follower(Removal::not_yet).survey(page.rows);
    if (page.more) next.after = page.last;
}

void Reconcile::sweep(const Tools& tools, State& next) {
    const auto entities = tools.placements.next(next.after, options_.slice);
    if (entities.size() < options_.slice) next.after.clear();
    if (entities.empty()) return;
    next.looked_at += entities.size();
    tell(tools.follower(removal()).follow(entities), next, tools.log);
}

void Reconcile::leftovers(const Tools& tools, State& next, EntityKind kind) {
    next.after.clear();
    if (options_.kinds.count(kind) == 0) return;
    auto page = tools.tracker.page(kind, state_.after, options_.slice);
    if (page.more) next.after = page.last;
    std::vector<Entity> entities;
    for (const auto& [entity, values] : page.rows) {
        if (!tools.placements.find(entity)) entities.push_back(entity);
    }
    if (entities.empty()) return;
    next.looked_at += entities.size();
    tell(tools.follower(removal()).follow(entities), next, tools.log);
}

void Reconcile::tell(const FollowReport& report, State& next, const Log& log) {
    next.changed += report.changed;
    next.missing += report.missing.size();
    next.rejected += report.rejected.size();
    const auto say = [&](Level level, const std::vector<std::string>& sentences) {
        for (const auto& sentence : sentences) {
            if (said_.insert(sentence).second) log(level, sentence);
        }
    };
    say(Level::error, report.rejected);
    say(Level::error, report.refused);
    say(Level::error, report.unknown);
    say(Level::debug, report.missing);
    say(Level::warning, report.unsettled);
}

}  // namespace hammertrack
