// Pickle: a value out of Python's pickle, for the few shapes that a state file of shotgunEvents can have: dictionaries,
// tuples, texts, whole numbers, None and moments (datetime). Protocols 0 to 5, as Python 2 and 3 write them.
//
// A pickle is a program, and this is no interpreter of it: nothing is looked up, imported or called. Two names are
// known, `datetime.datetime` and `_codecs.encode` (how Python 3 spells bytes for Python 2), and applying them is
// reading ten bytes as a moment, or a text as bytes. Every other name, and every instruction that these shapes do not
// need, is refused with a sentence. So are sizes that run out of the file and more values, marks or nesting than a
// state file has.
//
// A value; no recursion, so nothing in the file can exhaust the stack. Throws PickleError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

class PickleError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Pickle {
public:
    enum class Kind : std::uint8_t { none, integer, text, bytes, tuple, dictionary, moment, name };
    using Index = std::uint32_t;

    struct Value {
        Kind kind = Kind::none;
        std::int64_t integer = 0;
        std::string text;          // of text (UTF-8), bytes, name ("module.name"), moment ("2026-11-21 09:30:00")
        std::vector<Index> items;  // of a tuple; of a dictionary key, value, key, value, …
        unsigned depth = 0;        // how deep it is nested at least
    };

    struct Limits {
        std::size_t bytes = std::size_t{32} << 20;
        std::size_t values = 2'000'000;
        std::size_t stack = 100'000;
        std::size_t marks = 16;
        unsigned depth = 16;
    };

    static Pickle decode(std::string_view bytes) { return decode(bytes, Limits{}); }
    static Pickle decode(std::string_view bytes, const Limits& limits);

    const Value& root() const { return values_[root_]; }
    // Dictionaries and tuples can be shared, and even contain themselves: whoever walks them counts.
    const Value& at(Index index) const { return values_[index]; }
    unsigned protocol() const noexcept { return protocol_; }

private:
    friend class Unpickler;
    std::vector<Value> values_;
    Index root_ = 0;
    unsigned protocol_ = 0;
};

}  // namespace foley::core
