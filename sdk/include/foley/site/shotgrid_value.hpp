// What a ShotGrid filter or field can hold: numbers, texts, dates, links to entities, and nothing. Each value keeps the
// JSON that travels, so it can be copied and stored freely. The other way, foley::parse_timestamp (foley/shape.hpp)
// reads a date_time.
//
// Throws: ValidationError for what has no JSON form (a link without type, a number that is not finite, a wrong date).
#pragma once

#include <foley/json.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::site::shotgrid {

// A link to one entity. The display name that the site sends with it is of no use for writing or asking.
struct Link {
    std::string type;
    std::int64_t id = 0;

    bool operator==(const Link&) const = default;
};

// The link in what the site sent: {"type", "id", …}; nothing when it is null or of another form, as with the entity of
// an event whose entity is retired by now.
std::optional<Link> link_of(const rapidjson::Value& entity);

class Value {
public:
    Value(std::nullptr_t);  // clears a field, or "is empty"
    template <std::same_as<bool> T>
    Value(T flag) : json_(flag ? "true" : "false") {}
    template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>) Value(T number) : json_(std::to_string(number)) {}
    Value(double number);
    Value(std::string_view text);
    Value(const std::string& text) : Value(std::string_view(text)) {}
    Value(const char* text) : Value(std::string_view(text)) {}
    Value(const Link& link);
    Value(std::chrono::year_month_day date);  // of a date field
    Value(std::chrono::sys_seconds time);     // of a date_time field
    template <typename Duration>
    Value(std::chrono::sys_time<Duration> time) : Value(std::chrono::floor<std::chrono::seconds>(time)) {}
    Value(const std::vector<Value>& list);  // of a multi-entity field: [link, link]; empty: no link
    Value(const std::vector<Link>& list);

    // Any JSON, as it is.
    explicit Value(const rapidjson::Value& value) : json_(json::stringify(value)) {}

    const std::string& json() const noexcept { return json_; }

private:
    std::string json_;
};

}  // namespace foley::site::shotgrid
