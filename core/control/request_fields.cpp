#include "core/control/request_fields.hpp"

#include "core/source/make_event.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <random>

namespace foley::core {
namespace {

constexpr std::size_t kMostReplayed = 100'000;
constexpr std::size_t kMostEmitted = 100'000;

std::uint64_t number(std::string_view text, const std::string& what) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size()) return value;
    throw BadRequest(what + ": expected a number, found '" + std::string(text) + "'");
}

Sequence sequence_member(const json::Value& object, std::string_view name) {
    const auto value = json::integer(json::member(object, name));
    if (value && *value >= 0) return Sequence{static_cast<std::uint64_t>(*value)};
    throw BadRequest(std::string(name) + ": expected the number of an event");
}

// Takes exactly `digits` digits off the front.
int digits(std::string_view& text, std::size_t count) {
    int value = 0;
    const char* end = text.data() + std::min(count, text.size());
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (text.size() < count || error != std::errc() || stopped != end || value < 0) {
        throw BadRequest("time: expected a time such as 2026-11-21T09:30:00Z");
    }
    text.remove_prefix(count);
    return value;
}

void separator(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) {
        throw BadRequest("time: expected a time such as 2026-11-21T09:30:00Z");
    }
    text.remove_prefix(1);
}

// Only UTC, "2026-11-21T09:30:00Z": foleyctl turns what people write into this.
Timestamp utc_time(std::string_view text) {
    const int year = digits(text, 4);
    separator(text, '-');
    const int month = digits(text, 2);
    separator(text, '-');
    const int day = digits(text, 2);
    separator(text, 'T');
    const int hour = digits(text, 2);
    separator(text, ':');
    const int minute = digits(text, 2);
    separator(text, ':');
    const int second = digits(text, 2);
    std::chrono::microseconds fraction{0};
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        std::int64_t unit = 1'000'000;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            if (unit > 1) fraction += std::chrono::microseconds((text.front() - '0') * (unit /= 10));
            text.remove_prefix(1);
        }
    }
    separator(text, 'Z');
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || hour > 23 || minute > 59 || second > 59 || !text.empty()) {
        throw BadRequest("time: there is no such point in time");
    }
    return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second) + fraction;
}

// An id for an event that came without: unlike any other, whoever emits it.
std::string new_id() {
    static thread_local std::mt19937_64 random{[] {
        std::random_device device;
        std::seed_seq seed{device(), device(), device(), device()};
        return std::mt19937_64(seed);
    }()};
    return fmt::format("emit-{:016x}{:016x}", random(), random());
}

Shape shape_of(const HttpRequest& request) {
    const std::string text = request.parameter("shape").value_or("plain");
    const auto shape = shape_from_string(text);
    if (!shape) throw BadRequest("shape: expected plain, ftrack, shotgrid or ayon, found '" + text + "'");
    return *shape;
}

std::string_view trimmed(std::string_view line) {
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

std::uint64_t query_number(const HttpRequest& request, const std::string& name, std::uint64_t fallback) {
    const auto text = request.parameter(name);
    return text ? number(*text, name) : fallback;
}

bool query_flag(const HttpRequest& request, const std::string& name) {
    const auto text = request.parameter(name);
    if (!text || *text == "0" || *text == "false") return false;
    if (text->empty() || *text == "1" || *text == "true") return true;
    throw BadRequest(name + ": expected true or false, found '" + *text + "'");
}

Sequence captured_sequence(const HttpRequest& request) {
    return Sequence{number(request.capture("sequence"), "the event")};
}

json::Document body_object(const HttpRequest& request, const std::vector<std::string_view>& known) {
    json::Document document;
    try {
        document = json::parse(request.body.empty() ? "{}" : request.body);
    } catch (const json::ParseError& error) {
        throw BadRequest(std::string("the body is not JSON: ") + error.what());
    }
    if (!document.IsObject()) throw BadRequest("the body is not a JSON object");
    for (const auto& member : document.GetObject()) {
        const std::string_view name = json::text_or_empty(member.name);
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw BadRequest("the body has an unknown member " + std::string(name));
        }
    }
    return document;
}

namespace {

// {"source": …, "handled": id, "missing": [id, "first-last", …]}
StartRule handled_rule(const json::Document& body) {
    const auto handled = json::integer(json::member(body, "handled"));
    if (!handled || *handled < 0) throw BadRequest("handled: expected the id of an event");
    StartHandled rule{std::string(json::text_or_empty(body, "source")), static_cast<std::uint64_t>(*handled), {}};
    if (rule.source.empty()) throw BadRequest("source: expected the name of a source");
    const json::Value& missing = json::member(body, "missing");
    if (missing.IsNull()) return rule;
    if (!missing.IsArray()) throw BadRequest("missing: expected a list of ids");
    for (const json::Value& item : missing.GetArray()) {
        const auto range = parse_range(json::to_text(item));
        if (!range) throw BadRequest("missing: expected ids, and ranges of ids such as \"4711-4720\"");
        rule.missing.insert(range->first, range->second);
    }
    return rule;
}

}  // namespace

StartRule start_rule(const HttpRequest& request) {
    const json::Document body = body_object(request, {"to", "after", "time", "source", "id", "handled", "missing"});
    const std::string_view to = json::text_or_empty(body, "to");
    const bool has_id = body.HasMember("source") && body.HasMember("id");
    if (body.MemberCount() == 1 && to == "latest") return StartLatest{};
    if (body.MemberCount() == 1 && to == "earliest") return StartEarliest{};
    if (body.MemberCount() == 1 && body.HasMember("after")) return StartAfter{sequence_member(body, "after")};
    if (body.MemberCount() == 1 && body.HasMember("time")) {
        return StartAtTime{utc_time(json::text_or_empty(body, "time"))};
    }
    const std::size_t of_handled = body.HasMember("missing") ? 3 : 2;
    if (body.HasMember("handled") && body.HasMember("source") && body.MemberCount() == of_handled) {
        return handled_rule(body);
    }
    if (body.MemberCount() == 2 && has_id) {
        return StartAtSourceId{std::string(json::text_or_empty(body, "source")), json::to_text(body["id"])};
    }
    throw BadRequest(
        "expected {\"to\": \"latest\"}, {\"to\": \"earliest\"}, {\"after\": number}, {\"time\": …}, "
        "{\"source\": …, \"id\": …} or {\"source\": …, \"handled\": id, \"missing\": [ids]}");
}

std::vector<Sequence> replayed_events(const HttpRequest& request) {
    const json::Document body = body_object(request, {"events", "from", "to"});
    std::vector<Sequence> events;
    if (const json::Value& list = json::member(body, "events"); list.IsArray() && body.MemberCount() == 1) {
        for (const json::Value& item : list.GetArray()) {
            const auto value = json::integer(item);
            if (!value || *value < 1) throw BadRequest("events: expected the numbers of events");
            events.push_back(Sequence{static_cast<std::uint64_t>(*value)});
        }
    } else {
        const Sequence from = sequence_member(body, "from");
        const Sequence to = sequence_member(body, "to");
        if (from.value < 1 || to < from) throw BadRequest("to: is before from");
        if (to.value - from.value >= kMostReplayed) throw BadRequest("more than 100000 events; replay them in parts");
        for (Sequence event = from; event <= to; event = event.next())
            events.push_back(event);
    }
    if (events.empty()) throw BadRequest("events: names none");
    if (events.size() > kMostReplayed) throw BadRequest("more than 100000 events; replay them in parts");
    return events;
}

std::vector<Event> emitted_events(const HttpRequest& request, Timestamp now) {
    const std::string source = request.parameter("source").value_or("emit");
    if (source.empty() || source.size() > 64) throw BadRequest("source: expected a name of at most 64 bytes");
    const Shape shape = shape_of(request);
    std::vector<Event> events;
    std::string_view rest = request.body;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const std::string_view payload = trimmed(line);
        if (payload.empty()) continue;
        MadeEvent made = make_event(source, shape, std::string(payload), now);
        if (!made.event) throw BadRequest(fmt::format("line {}: {}", number, made.refusal));
        if (made.event->id.empty()) made.event->id = new_id();
        events.push_back(std::move(*made.event));
        if (events.size() > kMostEmitted) throw BadRequest("more than 100000 events; emit them in parts");
    }
    if (events.empty()) throw BadRequest("the body holds no event; it is one JSON object per line");
    return events;
}

}  // namespace foley::core
