// EventLog: the questions that a source asks a ShotGrid site about its event log, and the answers in the core's words.
//
// Nothing is filtered on the site but by id (and once by time): in a filtered log every id would look missing.
//
// Owner: Poller. Thread: the source's. Throws: SiteError and its types; an answer that is not a page of the event log
// is a transient one, since the same question may be answered well the next time.
#pragma once

#include "core/event/event.hpp"
#include "core/source/gap_tracker.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace foley::core::shotgrid {

struct LogEntry {
    std::uint64_t id = 0;
    std::optional<Timestamp> created_at;  // by the site's clock
    std::optional<Event> event;           // nothing: it cannot be kept as an event
    std::string text, refusal;            // then: the entry, and why
    // Who did it, and in whose name: "ApiUser", id, name. Empty where the site does not say.
    struct Who {
        std::string type, name;
        std::optional<std::int64_t> id;
    };
    Who user, actual_user;
};

struct LogPage {
    std::vector<LogEntry> entries;  // ascending; each id once
    bool full = false;              // there may be more
    std::size_t bytes = 0;          // of the site's answer
    std::optional<Timestamp> site_now;
};

class EventLog {
public:
    // clock outlives it.
    EventLog(std::string source, site::Shotgrid site, const Clock& clock)
        : source_(std::move(source)), site_(std::move(site)), clock_(clock) {}

    // The entries above `id`, from the lowest.
    LogPage after(std::uint64_t id, std::size_t limit);
    // The newest entries.
    LogPage newest(std::size_t limit);
    // Those of these ids that are there.
    LogPage among(const std::vector<IdRange>& ids);
    // Those within the range that are there, from the lowest.
    LogPage within(IdRange range, std::size_t limit);
    // The lowest id of an event that happened then or later.
    std::optional<std::uint64_t> first_since(Timestamp time);
    // The id of the ApiUser whose credentials these are; nothing: the site does not say.
    std::optional<std::int64_t> own_script();

    std::uint64_t requests() const noexcept { return requests_; }
    const std::string& url() const noexcept { return site_.url(); }
    const std::string& user() const noexcept { return site_.user(); }

private:
    site::ShotgridPage ask(site::shotgrid::Filter filter, bool descending, std::size_t limit);
    LogPage read(site::shotgrid::Filter filter, bool descending, std::size_t limit);
    LogEntry entry(const site::ShotgridPage& page, rapidjson::SizeType index);

    const std::string source_;
    site::Shotgrid site_;
    const Clock& clock_;
    std::uint64_t requests_ = 0;
};

}  // namespace foley::core::shotgrid
