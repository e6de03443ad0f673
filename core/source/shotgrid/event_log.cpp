#include "core/source/shotgrid/event_log.hpp"

#include "core/source/make_event.hpp"

#include <foley/shape.hpp>

#include <algorithm>
#include <utility>

namespace foley::core::shotgrid {

using site::shotgrid::ascending;
using site::shotgrid::descending;
using site::shotgrid::field;
using site::shotgrid::Filter;

namespace {

// What the entries of the log have that says something about the event. An unknown one would be left out silently.
const std::vector<std::string>& fields() {
    static const std::vector<std::string> names{"id",   "event_type", "attribute_name", "meta",       "entity",
                                                "user", "project",    "session_uuid",   "created_at", "description"};
    return names;
}

[[noreturn]] void damaged(const std::string& why) {
    throw site::ServerError("read the event log: the site's answer is damaged: " + why + ". It is asked again.",
                            "damaged answer", true);
}

std::optional<std::uint64_t> id_of(const json::Value& entity) {
    const auto& id = json::member(entity, "id");
    return id.IsUint64() && id.GetUint64() > 0 ? std::optional(id.GetUint64()) : std::nullopt;
}

LogEntry::Who who(const json::Value& link) {
    return {std::string(json::text_or_empty(link, "type")), std::string(json::text_or_empty(link, "name")),
            json::integer(json::member(link, "id"))};
}

}  // namespace

site::ShotgridPage EventLog::ask(Filter filter, bool from_newest, std::size_t limit) {
    ++requests_;
    return site_.read({.type = "EventLogEntry",
                       .filter = std::move(filter),
                       .fields = fields(),
                       .order = {from_newest ? descending("id") : ascending("id")},
                       .limit = limit});
}

LogEntry EventLog::entry(const site::ShotgridPage& page, rapidjson::SizeType index) {
    const auto& entity = page.entities[index];
    const auto id = id_of(entity);
    if (!id) damaged("an entry has no id");
    LogEntry out;
    out.id = *id;
    out.created_at = parse_timestamp(json::text_or_empty(entity, "created_at"));
    out.user = who(json::member(entity, "user"));
    out.actual_user = who(json::find(entity, "meta", "sudo_actual_user"));
    auto made = make_event(source_, Shape::shotgrid, page.text(index), entity, clock_.now());
    if (made.event) {
        made.event->id = std::to_string(*id);
        out.event = std::move(made.event);
    } else {
        out.text = page.text(index);
        out.refusal = std::move(made.refusal);
    }
    return out;
}

LogPage EventLog::read(Filter filter, bool from_newest, std::size_t limit) {
    const auto answer = ask(std::move(filter), from_newest, limit);
    if (!answer.entities.IsArray()) damaged("it holds no list of entries");
    LogPage page;
    page.full = answer.full;
    page.bytes = answer.answer.size();
    if (answer.server_time) page.site_now = Timestamp(*answer.server_time);
    page.entries.reserve(answer.entities.Size());
    for (rapidjson::SizeType i = 0; i < answer.entities.Size(); ++i)
        page.entries.push_back(entry(answer, i));
    const auto by_id = [](const LogEntry& a, const LogEntry& b) { return a.id < b.id; };
    const auto same_id = [](const LogEntry& a, const LogEntry& b) { return a.id == b.id; };
    // As it was asked for, mostly; entries are large.
    if (!std::is_sorted(page.entries.begin(), page.entries.end(), by_id))
        std::stable_sort(page.entries.begin(), page.entries.end(), by_id);
    page.entries.erase(std::unique(page.entries.begin(), page.entries.end(), same_id), page.entries.end());
    return page;
}

LogPage EventLog::after(std::uint64_t id, std::size_t limit) {
    auto page = read(field("id").greater_than(id), false, limit);
    const bool had_some = !page.entries.empty();
    std::erase_if(page.entries, [id](const LogEntry& entry) { return entry.id <= id; });
    if (had_some && page.entries.empty()) damaged("it holds only entries that were not asked for");
    return page;
}

LogPage EventLog::newest(std::size_t limit) {
    return read({}, true, limit);
}

LogPage EventLog::among(const std::vector<IdRange>& ids) {
    std::vector<std::uint64_t> single;
    for (const auto& range : ids) {
        for (auto id = range.first; id <= range.last; ++id)
            single.push_back(id);
    }
    return read(field("id").in(single), false, single.size());
}

LogPage EventLog::within(IdRange range, std::size_t limit) {
    return read(field("id").between(range.first, range.last), false, limit);
}

std::optional<std::uint64_t> EventLog::first_since(Timestamp time) {
    // The log knows whole seconds, and "greater than" leaves out what is equal.
    const auto before = std::chrono::floor<std::chrono::seconds>(time) - std::chrono::seconds(1);
    const auto page = read(field("created_at").greater_than(before), false, 1);
    return page.entries.empty() ? std::nullopt : std::optional(page.entries.front().id);
}

std::optional<std::int64_t> EventLog::own_script() {
    try {
        ++requests_;
        const auto script = site_.find_one({.type = "ApiUser", .filter = field("firstname").is(site_.user())});
        return json::integer(json::member(script, "id"));
    } catch (const SiteError& error) {
        const auto kind = error.kind();
        // Scripts may be hidden from scripts; then names have to do.
        if (kind == SiteError::Kind::permission || kind == SiteError::Kind::validation ||
            (kind == SiteError::Kind::server && !error.transient()))
            return std::nullopt;
        throw;
    }
}

}  // namespace foley::core::shotgrid
