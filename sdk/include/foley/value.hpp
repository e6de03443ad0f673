// Value: one value in an event's payload (what an attribute was, or is now), seen without caring how the site spells
// it.
//
// A view into the payload: valid as long as the event. Prints in log messages as text() does.
#pragma once

#include <foley/json.hpp>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace foley {

class Value {
public:
    // Nothing: the site did not say.
    Value() = default;
    explicit Value(const json::Value& value) noexcept : value_(&value) {}

    // The site did not say, or said null.
    bool is_null() const noexcept { return !value_ || value_->IsNull(); }
    explicit operator bool() const noexcept { return !is_null(); }

    // A string as it is; numbers and booleans as JSON writes them; a link to an entity as its name, or else its id;
    // null as nothing; any other object or array as compact JSON.
    std::string text() const;

    // Several choices as texts. A string is split at its commas, each part trimmed, empty parts left out (so ftrack
    // writes a choice of several: "yul, lax"); an array gives the text of each element; null gives none; anything else
    // gives its text. Each text appears once, in the order of its first appearance.
    std::vector<std::string> texts() const;

    // A number, or a string that is one ("1001.0"); nothing otherwise.
    std::optional<double> number() const;
    std::optional<std::int64_t> integer() const;

    // true, "1", "true" and numbers other than 0 are true.
    bool is_true() const;

    // The value itself; a JSON null when there is none.
    const json::Value& json() const noexcept { return value_ ? *value_ : json::null(); }

    friend bool operator==(const Value& value, std::string_view text) { return value.text() == text; }
    friend std::ostream& operator<<(std::ostream& out, const Value& value) { return out << value.text(); }

private:
    const json::Value* value_ = nullptr;
};

}  // namespace foley
