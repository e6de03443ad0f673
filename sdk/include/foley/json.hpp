// RapidJSON in a namespace of ours, and the few helpers that make reading it safe and short.
//
// Everyone includes this header and nobody <rapidjson/…> directly: it puts RapidJSON under foley::rapidjson, so that a
// plugin may bring another RapidJSON of its own in another translation unit, and makes a misuse (a text asked of a
// number, a member that is not there) throw json::Misuse instead of ending the process.
#pragma once

#if defined(RAPIDJSON_RAPIDJSON_H_) && !defined(FOLEY_JSON_NAMESPACE)
#error "<foley/json.hpp> must be included before any <rapidjson/...>: it puts RapidJSON under foley::rapidjson."
#endif

namespace foley::json {
// What RapidJSON does when it is misused: throws Misuse.
[[noreturn]] void misuse(const char* condition);
}  // namespace foley::json

#define FOLEY_JSON_NAMESPACE 1
#define RAPIDJSON_NAMESPACE foley::rapidjson
#define RAPIDJSON_NAMESPACE_BEGIN \
    namespace foley {             \
    namespace rapidjson {
#define RAPIDJSON_NAMESPACE_END \
    }                           \
    }
#define RAPIDJSON_HAS_STDSTRING 1
#define RAPIDJSON_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::foley::json::misuse(#condition))

#include <foley/error.hpp>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace foley::json {

using Document = rapidjson::Document;
using Value = rapidjson::Value;
using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// RapidJSON was asked for something that the value is not: a mistake in the program, not in the data.
class Misuse : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

// A text is not the JSON that was expected. what() names line and column (in bytes), both from 1.
class ParseError : public Error {
public:
    ParseError(const std::string& what, std::size_t line, std::size_t column)
        : Error(what), line_(line), column_(column) {}
    std::size_t line() const noexcept { return line_; }
    std::size_t column() const noexcept { return column_; }

private:
    std::size_t line_;
    std::size_t column_;
};

inline constexpr std::size_t kMaxDepth = 256;

// One JSON text, UTF-8, nested at most max_depth deep, read without recursion. Throws ParseError. The document owns
// copies of all its texts.
Document parse(std::string_view text, std::size_t max_depth = kMaxDepth);

// Where in a text an object stands, from its first brace to its last.
struct Span {
    std::size_t begin = 0;
    std::size_t size = 0;
};
// As parse(), and says where the objects stand that `level` others and arrays are around (0: the whole text), in their
// order.
Document parse(std::string_view text, std::size_t max_depth, std::size_t level, std::vector<Span>& objects);

// ── reading, where anything may be missing ──────────────────────────────────────────────────────────────────────────

// A null value that lives as long as the program.
const Value& null() noexcept;

// The member or element; null() when there is none, or when `value` is no object or array. Never throws.
const Value& member(const Value& value, std::string_view name) noexcept;
const Value& element(const Value& value, std::size_t index) noexcept;

// Follows names and indices: find(payload, "data", "entities", 0, "entityId"). null() when a step leads nowhere.
inline const Value& find(const Value& value) noexcept {
    return value;
}
template <typename Step, typename... Steps>
const Value& find(const Value& value, const Step& step, const Steps&... steps) noexcept {
    if constexpr (std::is_integral_v<Step>) {
        return find(element(value, static_cast<std::size_t>(step)), steps...);
    } else {
        return find(member(value, std::string_view(step)), steps...);
    }
}

// The text of a string; empty for anything else. Valid as long as the value.
std::string_view text_or_empty(const Value& value) noexcept;
template <typename Step, typename... Steps>
std::string_view text_or_empty(const Value& value, const Step& step, const Steps&... steps) noexcept {
    return text_or_empty(find(value, step, steps...));
}

// A string as it is, a number or boolean as JSON writes it, null as nothing; an object or array as compact JSON.
std::string to_text(const Value& value);

// A number without fraction that fits, or nothing. A string is not a number.
std::optional<std::int64_t> integer(const Value& value) noexcept;
std::optional<double> number(const Value& value) noexcept;
// true for JSON's true; false for anything else.
bool is_true(const Value& value) noexcept;

// ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

// Compact JSON text of a value.
std::string stringify(const Value& value);
// A text as a JSON string, with its quotes.
std::string quote(std::string_view text);

// A string value that borrows `text`, which must outlive it.
Value borrow(std::string_view text);
// A string value with a copy of `text`.
Value copy(std::string_view text, Document::AllocatorType& allocator);

}  // namespace foley::json
