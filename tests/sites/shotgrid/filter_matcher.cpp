#include "tests/sites/shotgrid/filter.hpp"

#include <foley/shape.hpp>

#include <algorithm>

namespace foley::sim::shotgrid {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

std::string_view text_of(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? std::string_view() : std::string_view(*text);
}

double number_of(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    const auto* real = std::get_if<double>(&value);
    return real == nullptr ? 0 : *real;
}

bool same(const Value& stored, const Value& wanted) {
    if (is_null(wanted)) {
        const auto* links = std::get_if<Links>(&stored);
        return is_null(stored) || (links != nullptr && links->empty());
    }
    if (const auto* links = std::get_if<Links>(&stored)) {
        const auto* link = std::get_if<Link>(&wanted);
        return link != nullptr && std::find(links->begin(), links->end(), *link) != links->end();
    }
    if (std::holds_alternative<std::string>(stored) && std::holds_alternative<std::string>(wanted))
        return lower_case(text_of(stored)) == lower_case(text_of(wanted));
    if (std::holds_alternative<double>(stored)) return !is_null(wanted) && number_of(stored) == number_of(wanted);
    return stored == wanted;
}

// Numbers by size, everything else as text: dates sort by their text.
bool less(const Value& a, const Value& b) {
    const auto* left = std::get_if<std::int64_t>(&a);
    const auto* right = std::get_if<std::int64_t>(&b);
    if (left != nullptr && right != nullptr) return *left < *right;
    if (left != nullptr || std::holds_alternative<double>(a)) return number_of(a) < number_of(b);
    return text_of(a) < text_of(b);
}

std::optional<sys_seconds> time_of(const Value& value) {
    const std::string text(text_of(value));
    const auto time = parse_timestamp(text.size() == 10 ? text + "T00:00:00Z" : text);
    if (!time) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(*time);
}

// `count` units after (or before) a moment.
sys_seconds moved(sys_seconds from, std::int64_t count, std::string_view unit) {
    const auto day = std::chrono::floor<days>(from);
    const auto clock = from - day;
    if (unit == "HOUR") return from + std::chrono::hours(count);
    if (unit == "DAY") return from + days(count);
    if (unit == "WEEK") return from + days(7 * count);
    const auto months = std::chrono::months(unit == "YEAR" ? 12 * count : count);
    auto date = year_month_day(day) + months;
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return sys_days(date) + clock;
}

// First day of the bucket that `now` is in, `offset` buckets on.
sys_days bucket(sys_seconds now, Relation relation, std::int64_t offset) {
    const auto day = std::chrono::floor<days>(now);
    const year_month_day date(day);
    switch (relation) {
        case Relation::in_calendar_day:
            return day + days(offset);
        case Relation::in_calendar_week: {
            const auto monday = day - (std::chrono::weekday(day) - std::chrono::Monday);
            return monday + days(7 * offset);
        }
        case Relation::in_calendar_month:
            return date.year() / date.month() / 1 + std::chrono::months(offset);
        default:
            return sys_days((date.year() + std::chrono::years(offset)) / 1 / 1);
    }
}

bool in_time(const Filter& filter, const Value& stored, sys_seconds now) {
    const auto time = time_of(stored);
    if (!time) return false;
    const auto count = std::get<std::int64_t>(filter.values[0]);
    if (filter.relation == Relation::in_last)
        return *time <= now && *time >= moved(now, -count, text_of(filter.values[1]));
    if (filter.relation == Relation::in_next)
        return *time >= now && *time <= moved(now, count, text_of(filter.values[1]));
    return *time >= bucket(now, filter.relation, count) && *time < bucket(now, filter.relation, count + 1);
}

template <typename Test>
bool any_link(const Value& stored, Test test) {
    if (const auto* link = std::get_if<Link>(&stored)) return test(*link);
    const auto* links = std::get_if<Links>(&stored);
    return links != nullptr && std::any_of(links->begin(), links->end(), test);
}

bool holds(const Filter& filter, const Store& store, const Value& stored, sys_seconds now) {
    const auto& values = filter.values;
    const auto lower_value = [&values] { return lower_case(text_of(values[0])); };
    switch (filter.relation) {
        case Relation::is:
            return same(stored, values[0]);
        case Relation::in:
            return std::any_of(values.begin(), values.end(), [&](const Value& value) { return same(stored, value); });
        case Relation::less_than:
            return !is_null(stored) && less(stored, values[0]);
        case Relation::greater_than:
            return !is_null(stored) && less(values[0], stored);
        case Relation::between:
            return !is_null(stored) && !less(stored, values[0]) && !less(values[1], stored);
        case Relation::contains:
            return lower_case(text_of(stored)).find(lower_value()) != std::string::npos;
        case Relation::starts_with:
            return lower_case(text_of(stored)).starts_with(lower_value());
        case Relation::ends_with:
            return lower_case(text_of(stored)).ends_with(lower_value());
        case Relation::type_is:
            return any_link(stored, [&](const Link& link) { return link.type == text_of(values[0]); });
        case Relation::name_is:
            return any_link(stored,
                            [&](const Link& link) { return lower_case(store.display_name(link)) == lower_value(); });
        case Relation::name_contains:
            return any_link(stored, [&](const Link& link) {
                return lower_case(store.display_name(link)).find(lower_value()) != std::string::npos;
            });
        default:
            return in_time(filter, stored, now);
    }
}

}  // namespace

bool matches(const Filter& filter, const Store& store, const Row& row, sys_seconds now) {
    if (filter.path) return holds(filter, store, store.at(row, *filter.path), now) != filter.negated;
    const auto one = [&](const Filter& member) { return matches(member, store, row, now); };
    // A group of nothing matches everything, whichever its operator.
    if (filter.members.empty()) return true;
    return filter.any ? std::any_of(filter.members.begin(), filter.members.end(), one)
                      : std::all_of(filter.members.begin(), filter.members.end(), one);
}

IdRange id_range(const Filter& filter) {
    IdRange out;
    if (!filter.path) {
        if (filter.any) return out;
        for (const auto& member : filter.members) {
            auto part = id_range(member);
            out.low = std::max(out.low, part.low);
            out.high = std::min(out.high, part.high);
            if (part.listed) out.listed = std::move(part.listed);  // one list is enough to look at few rows
        }
        return out;
    }
    if (!filter.path->hops.empty() || filter.path->field != 0 || filter.negated) return out;
    std::vector<std::int64_t> ids;
    for (const auto& value : filter.values) {
        const auto* id = std::get_if<std::int64_t>(&value);
        if (id == nullptr) return out;
        ids.push_back(*id);
    }
    switch (filter.relation) {
        case Relation::greater_than:
            out.low = ids[0] == INT64_MAX ? ids[0] : ids[0] + 1;
            break;
        case Relation::less_than:
            out.high = ids[0] == INT64_MIN ? ids[0] : ids[0] - 1;
            break;
        case Relation::between:
            out.low = ids[0];
            out.high = ids[1];
            break;
        case Relation::is:
        case Relation::in:
            std::sort(ids.begin(), ids.end());
            ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
            out.listed = std::move(ids);
            break;
        default:
            break;
    }
    return out;
}

}  // namespace foley::sim::shotgrid
