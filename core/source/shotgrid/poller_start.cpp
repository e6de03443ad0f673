// How a poller finds the place to go on from.
#include "core/source/make_event.hpp"
#include "core/source/shotgrid/poller.hpp"

#include <foley/abi.h>
#include <foley/site/error.hpp>

#include <utility>

namespace foley::core::shotgrid {

// Nothing: it is known, or known that there is none. Otherwise when to try again.
std::optional<SteadyTime> Poller::load_cursor() {
    if (loaded_) return std::nullopt;
    const auto here = cursor_.site;
    std::optional<std::string> text;
    try {
        text = context_.journal.cursor(options_.name);
    } catch (const std::exception& error) {
        board_.set_state(SourceState::stopped_by_journal, error.what());
        return context_.clock.steady() + journal_backoff_.next();
    }
    const auto parsed = text ? cursor_.parse(*text, context_.clock.steady()) : LogCursor::Parsed::foreign;
    if (parsed == LogCursor::Parsed::unknown)
        return refuse(
            "the place in the journal is of a newer foley, or damaged: run that version, or give this source another "
            "name in the configuration to begin anew");
    begun_ = parsed == LogCursor::Parsed::good;
    if (text && !begun_)
        log(FOLEY_LOG_WARNING, "the place in the journal is not one of a ShotGrid source; it counts as none");
    if (begun_ && cursor_.site != here)
        log(FOLEY_LOG_WARNING, "the place in the journal was taken at " + cursor_.site + ", and the site is " + here +
                                   " now; if it is another site, give this source another name");
    cursor_.site = here;
    loaded_ = true;
    board_.set_state(SourceState::connecting, "");
    return std::nullopt;
}

void Poller::begin() {
    using Start = ShotgridSourceOptions::Start;
    switch (options_.start) {
        case Start::earliest:
            begin_before(1);
            break;
        case Start::id:
            begin_before(options_.start_id);
            break;
        case Start::time:
            if (const auto first = log_.first_since(options_.start_time)) {
                begin_before(*first);
                break;
            }
            begin_at_newest();
            break;
        case Start::latest:
            begin_at_newest();
            break;
    }
    log(FOLEY_LOG_INFO, "begins after event " + std::to_string(cursor_.last));
    begun_ = true;
    batch_.cursor = true;
}

void Poller::begin_before(std::uint64_t first) {
    cursor_.last = first - 1;
}

// After the newest event. What has a lower id and appears later happened after the start, too.
void Poller::begin_at_newest() {
    const auto page = log_.newest(options_.page);
    heard(page.site_now);
    const auto now = context_.clock.steady();
    std::uint64_t last = 0;
    for (const auto& entry : page.entries) {
        if (last != 0 && entry.id > last + 1) cursor_.gaps.discover({last + 1, entry.id - 1}, entry.created_at, now);
        last = entry.id;
    }
    cursor_.last = last;
    checked_ = true;
}

// A site whose log ends below our place has other events than those that we know: what it writes next would be taken
// for known.
bool Poller::site_is_behind() {
    if (cursor_.last == 0) return false;
    const auto page = log_.newest(1);
    heard(page.site_now);
    const bool behind = page.entries.empty() || page.entries.back().id < cursor_.last;
    // A start by id may lie in the future.
    if (behind && options_.start == ShotgridSourceOptions::Start::id && cursor_.last == options_.start_id - 1 &&
        board_.get().events == 0)
        return false;
    const auto now = context_.clock.now();
    if (!behind) {
        if (behind_since_ && now - *behind_since_ >= options_.refused_delay)
            batch_.events.push_back(make_gap(options_.name, Shape::shotgrid, *behind_since_, now,
                                             "the site was set back below event " + std::to_string(cursor_.last)));
        behind_since_.reset();
        return false;
    }
    if (!behind_since_) behind_since_ = now;
    // One of several servers behind the site may be a moment late.
    if (now - *behind_since_ < options_.refused_delay)
        throw site::ServerError("the site does not show event " + std::to_string(cursor_.last) +
                                    ", which this source has seen; it is asked again",
                                "behind", true);
    return true;
}

void Poller::find_own_script() {
    const auto id = log_.own_script();
    if (!id)
        log(FOLEY_LOG_INFO,
            "the site does not say which script " + log_.user() + " is; its own events are known by its name instead");
    selection_.set_own_script(id);
    script_known_ = true;
}

}  // namespace foley::core::shotgrid
