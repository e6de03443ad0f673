// FakeEventLog: as much of a ShotGrid site as a source sees, in memory, behind a Transport: `info`, `read` of
// EventLogEntry with the filters that a source sends, and of ApiUser. Faults on demand, one for each request.
//
// Not thread-safe.
#pragma once

#include "core/event/types.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid.hpp>
#include <foley/site/transport.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace foley::core {

// Both of its clocks are the test's to move.
class FakeClock final : public Clock {
public:
    Timestamp now() const override { return wall; }
    SteadyTime steady() const override { return mono; }
    void pass(std::chrono::nanoseconds time) {
        mono += time;
        wall += std::chrono::duration_cast<std::chrono::microseconds>(time);
    }

    Timestamp wall{std::chrono::sys_days(std::chrono::year(2026) / 10 / 25)};
    SteadyTime mono{SteadyTime::duration(std::chrono::hours(1000))};
};

class FakeEventLog {
public:
    explicit FakeEventLog(const FakeClock& clock) : clock_(clock) {}

    // Commits an entry. `members` are further members of the JSON object, or replace those of the usual one.
    void commit(std::uint64_t id, const std::string& members = {}) {
        entries_[id] = {members.empty() ? usual() : members, std::chrono::floor<std::chrono::seconds>(site_now())};
    }
    void commit(std::uint64_t first, std::uint64_t last) {
        for (auto id = first; id <= last; ++id)
            commit(id);
    }
    void commit_at(std::uint64_t id, Timestamp created_at) {
        entries_[id] = {usual(), std::chrono::floor<std::chrono::seconds>(created_at)};
    }
    void set_back() { entries_.clear(); }
    void forget(std::uint64_t id) { entries_.erase(id); }
    bool has(std::uint64_t id) const { return entries_.count(id) > 0; }

    // Called when entries have been asked for, and counted, before they are sent.
    std::function<void()> asked;

    // The next request gets this instead of an answer.
    using Fault = std::function<site::Response()>;
    void fail_next(Fault once) { faults_.push_back(std::move(once)); }
    // While it is set, requests get this.
    Fault fault;
    // Only questions for missing ids do.
    Fault question_fault;

    Timestamp site_now() const { return clock_.wall + ahead; }
    std::chrono::seconds ahead{0};  // of the site's clock
    bool has_date = true;
    std::size_t page_limit = 500;
    std::string script;  // JSON array that a query for ApiUser gets; empty: a fault

    std::unique_ptr<site::Transport> transport() {
        return std::make_unique<site::FakeTransport>([this](const site::Request& request) { return answer(request); });
    }

    // ── what was asked ───────────────────────────────────────────────────────────────────────────────────────────
    std::size_t reads() const { return pages_ + questions_; }
    std::size_t pages() const { return pages_; }          // above an id
    std::size_t questions() const { return questions_; }  // for missing ids
    std::size_t last_limit() const { return last_limit_; }

    static site::Response of(int status, std::string body, std::string type = "application/json") {
        return {status, {{"Content-Type", std::move(type)}}, std::move(body)};
    }

private:
    struct Entry {
        std::string members;
        std::chrono::sys_seconds created_at;
    };

    static std::string usual() {
        return R"("event_type":"Shotgun_Task_Change","attribute_name":"sg_status_list",)"
               R"("entity":{"type":"Task","id":5560,"name":"Anim"},"project":{"type":"Project","id":70,"name":"Demo"},)"
               R"("user":{"type":"HumanUser","id":24,"name":"Jane Doe"},"session_uuid":null,)"
               R"("meta":{"type":"attribute_change","attribute_name":"sg_status_list","entity_type":"Task",)"
               R"("entity_id":5560,"old_value":"wtg","new_value":"ip"})";
    }

    static std::string text_of(std::chrono::sys_seconds time) {
        const auto day = std::chrono::floor<std::chrono::days>(time);
        const std::chrono::year_month_day date(day);
        const std::chrono::hh_mm_ss clock(time - day);
        const auto two = [](auto value) {
            const auto digits = std::to_string(value);
            return digits.size() < 2 ? "0" + digits : digits;
        };
        return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
               two(static_cast<unsigned>(date.day())) + "T" + two(clock.hours().count()) + ":" +
               two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + "Z";
    }

    std::string http_date() const {
        const auto text = text_of(std::chrono::floor<std::chrono::seconds>(site_now()));
        static const char* const kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        return "Wed, " + text.substr(8, 2) + " " + kMonths[std::stoi(text.substr(5, 2)) - 1] + " " + text.substr(0, 4) +
               " " + text.substr(11, 8) + " GMT";
    }

    static std::string json_of(std::uint64_t id, const Entry& entry) {
        std::string out = R"({"type":"EventLogEntry","id":)" + std::to_string(id);
        if (entry.members.find("\"created_at\"") == std::string::npos)
            out += R"(,"created_at":")" + text_of(entry.created_at) + "\"";
        return out + "," + entry.members + "}";
    }

    struct Wanted {
        std::uint64_t above = 0, first = 0, last = std::numeric_limits<std::uint64_t>::max();
        std::vector<std::uint64_t> ids;
        std::string created_after;
        bool is_question = false, by_id = false;
    };

    static Wanted wanted(const json::Value& conditions) {
        Wanted out;
        for (const auto& condition : conditions.GetArray()) {
            const auto path = json::text_or_empty(condition, "path");
            const auto relation = json::text_or_empty(condition, "relation");
            const auto& values = json::member(condition, "values");
            if (path == "id" && relation == "greater_than") {
                out.above = values[0].GetUint64();
                out.by_id = true;
            } else if (path == "id" && relation == "between") {
                out.first = values[0].GetUint64();
                out.last = values[1].GetUint64();
                out.is_question = true;
            } else if (path == "id" && relation == "in") {
                for (const auto& value : values.GetArray())
                    out.ids.push_back(value.GetUint64());
                out.is_question = true;
            } else if (path == "created_at" && relation == "greater_than") {
                out.created_after = json::text_or_empty(values[0]);
            } else {
                throw std::logic_error("a source does not filter by " + std::string(path));
            }
        }
        return out;
    }

    std::string read(const json::Value& parameters) {
        const auto wanted = FakeEventLog::wanted(json::find(parameters, "filters", "conditions"));
        const bool descending = json::text_or_empty(parameters, "sorts", 0, "direction") == "desc";
        last_limit_ = json::find(parameters, "paging", "entities_per_page").GetUint64();
        if (last_limit_ > page_limit) throw std::logic_error("a page that is larger than the site's limit");
        std::vector<std::string> out;
        const auto take = [&](std::uint64_t id, const Entry& entry) {
            const bool fits =
                id > wanted.above && id >= wanted.first && id <= wanted.last &&
                (wanted.ids.empty() || std::find(wanted.ids.begin(), wanted.ids.end(), id) != wanted.ids.end()) &&
                (wanted.created_after.empty() || text_of(entry.created_at) > wanted.created_after);
            if (fits) out.push_back(json_of(id, entry));
            return out.size() < last_limit_;
        };
        if (descending) {
            for (auto entry = entries_.rbegin(); entry != entries_.rend() && take(entry->first, entry->second);)
                ++entry;
        } else {
            for (auto entry = entries_.upper_bound(wanted.above);
                 entry != entries_.end() && take(entry->first, entry->second);)
                ++entry;
        }
        if (wanted.is_question) ++questions_;
        if (wanted.by_id) ++pages_;
        std::string list;
        for (const auto& one : out)
            list += (list.empty() ? "" : ",") + one;
        return R"({"results":{"entities":[)" + list + R"(],"paging_info":{"has_next_page":false}}})";
    }

    site::Response answer(const site::Request& request) {
        const auto body = json::parse(request.body);
        const auto& parameters = json::find(body, "params", 1);
        if (!faults_.empty()) {
            const auto next = faults_.front();
            faults_.pop_front();
            return next();
        }
        if (fault) return fault();
        std::string text;
        if (json::text_or_empty(body, "method_name") == "info") {
            text = R"({"results":{"version":[8,72,0],"api_max_entities_per_page":)" + std::to_string(page_limit) + "}}";
        } else if (json::text_or_empty(parameters, "type") == "ApiUser") {
            text = script.empty() ? R"({"exception":true,"error_code":104,"message":"not permitted"})"
                                  : R"({"results":{"entities":)" + script + R"(,"paging_info":{}}})";
        } else {
            const auto& conditions = json::find(parameters, "filters", "conditions");
            if (question_fault && FakeEventLog::wanted(conditions).is_question) return question_fault();
            text = read(parameters);
            if (asked) asked();
        }
        auto response = of(200, std::move(text));
        if (has_date) response.headers.emplace_back("Date", http_date());
        return response;
    }

    const FakeClock& clock_;
    std::map<std::uint64_t, Entry> entries_;
    std::deque<Fault> faults_;
    std::size_t pages_ = 0;
    std::size_t questions_ = 0;
    std::size_t last_limit_ = 0;
};

}  // namespace foley::core
