#include <foley/site/error.hpp>
#include <foley/site/shotgrid_value.hpp>

#include <cmath>

namespace foley::site::shotgrid {

namespace {

template <typename Element>
std::string list_of(const std::vector<Element>& list) {
    std::string out = "[";
    for (const auto& element : list) {
        if (out.size() > 1) out += ',';
        out += Value(element).json();
    }
    return out + "]";
}

// At least so many digits.
std::string padded(std::int64_t number, std::size_t digits) {
    auto out = std::to_string(number);
    if (out.size() < digits) out.insert(0, digits - out.size(), '0');
    return out;
}

std::string date_text(std::chrono::year_month_day date) {
    const int year = static_cast<int>(date.year());
    if (!date.ok() || year < 0 || year > 9999) throw ValidationError("a date does not exist, or has no ISO 8601 form");
    return padded(year, 4) + "-" + padded(static_cast<unsigned>(date.month()), 2) + "-" +
           padded(static_cast<unsigned>(date.day()), 2);
}

}  // namespace

std::optional<Link> link_of(const rapidjson::Value& entity) {
    const auto type = json::text_or_empty(entity, "type");
    const auto id = json::integer(json::member(entity, "id"));
    if (type.empty() || !id) return std::nullopt;
    return Link{std::string(type), *id};
}

Value::Value(std::nullptr_t) : json_("null") {}

Value::Value(double number) {
    if (!std::isfinite(number)) throw ValidationError("a number that is not finite cannot be sent to a site");
    json_ = json::stringify(rapidjson::Value(number));
}

Value::Value(std::string_view text) : json_(json::quote(text)) {}

Value::Value(const Link& link) {
    if (link.type.empty()) throw ValidationError("a link to an entity has no entity type");
    json_ = R"({"type":)" + json::quote(link.type) + R"(,"id":)" + std::to_string(link.id) + "}";
}

Value::Value(std::chrono::year_month_day date) : json_(json::quote(date_text(date))) {}

Value::Value(std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::hh_mm_ss<std::chrono::seconds> clock(time - day);
    json_ = json::quote(date_text(std::chrono::year_month_day(day)) + "T" + padded(clock.hours().count(), 2) + ":" +
                        padded(clock.minutes().count(), 2) + ":" + padded(clock.seconds().count(), 2) + "Z");
}

Value::Value(const std::vector<Value>& list) : json_(list_of(list)) {}

Value::Value(const std::vector<Link>& list) : json_(list_of(list)) {}

}  // namespace foley::site::shotgrid
