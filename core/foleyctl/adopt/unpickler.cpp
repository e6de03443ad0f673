// The stack of an unpickler, its bytes, and how values are put together.
#include "core/foleyctl/adopt/unpickler.hpp"

#include "core/foleyctl/adopt/pickle_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace foley::core {

void Unpickler::refuse(const std::string& why) const {
    throw PickleError(fmt::format("byte {}: {}; nothing of it was executed", instruction_, why));
}

// ── the bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string_view Unpickler::take(std::size_t size) {
    if (size > bytes_.size() - place_) refuse("it is cut short");
    const std::string_view taken = bytes_.substr(place_, size);
    place_ += size;
    return taken;
}

std::uint64_t Unpickler::little(std::size_t size) {
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (const char byte : take(size)) {
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(byte)) << shift;
        shift += 8;
    }
    return value;
}

std::string_view Unpickler::line() {
    const auto end = bytes_.find('\n', place_);
    if (end == std::string_view::npos) refuse("it is cut short");
    const std::string_view text = bytes_.substr(place_, end - place_);
    place_ = end + 1;
    return text;
}

std::int64_t Unpickler::decimal(std::string_view text) const {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) refuse("a number that is no number of 64 bits");
    return value;
}

// ── the stack ────────────────────────────────────────────────────────────────────────────────────────────────────────

void Unpickler::push(Value value) {
    if (result_.values_.size() >= limits_.values) refuse("more values than a state file has");
    result_.values_.push_back(std::move(value));
    push(static_cast<Index>(result_.values_.size() - 1));
}

void Unpickler::push(Index index) {
    if (stack_.size() >= limits_.stack) refuse("more values at once than a state file has");
    stack_.push_back(index);
}

Unpickler::Index Unpickler::pop() {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) refuse("it takes a value where there is none");
    const Index index = stack_.back();
    stack_.pop_back();
    return index;
}

std::size_t Unpickler::above_mark() {
    if (marks_.empty()) refuse("it goes back to a mark where there is none");
    const std::size_t count = stack_.size() - marks_.back();
    marks_.pop_back();
    return count;
}

Unpickler::Value& Unpickler::dictionary_below(std::size_t count) {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() < floor + count + 1) refuse("it takes a value where there is none");
    Value& value = result_.values_[stack_[stack_.size() - count - 1]];
    if (value.kind != Kind::dictionary) refuse("it puts items into what is no dictionary");
    return value;
}

// ── putting together ─────────────────────────────────────────────────────────────────────────────────────────────────

void Unpickler::make_tuple(std::size_t count) {
    Value tuple{Kind::tuple, 0, {}, {}, 0};
    for (std::size_t left = count; left > 0; --left) {
        tuple.items.push_back(pop());
        tuple.depth = std::max(tuple.depth, at(tuple.items.back()).depth + 1);
    }
    if (tuple.depth > limits_.depth) refuse("it is nested deeper than a state file");
    std::reverse(tuple.items.begin(), tuple.items.end());
    push(std::move(tuple));
}

void Unpickler::make_dictionary() {
    const std::size_t count = above_mark();
    Value dictionary{Kind::dictionary, 0, {}, {}, 0};
    if (count % 2 != 0) refuse("a key without a value");
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    for (auto item = first; item != stack_.end(); item += 2)
        set_item(dictionary, item[0], item[1]);
    stack_.erase(first, stack_.end());
    push(std::move(dictionary));
}

void Unpickler::set_items(std::size_t count) {
    if (count % 2 != 0) refuse("a key without a value");
    Value& dictionary = dictionary_below(count);
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    for (auto item = first; item != stack_.end(); item += 2)
        set_item(dictionary, item[0], item[1]);
    stack_.erase(first, stack_.end());
}

void Unpickler::set_item(Value& dictionary, Index key, Index value) {
    const Kind kind = at(key).kind;
    if (kind != Kind::text && kind != Kind::bytes && kind != Kind::integer) refuse("a key that no state file has");
    dictionary.depth = std::max(dictionary.depth, at(value).depth + 1);
    if (dictionary.depth > limits_.depth) refuse("it is nested deeper than a state file");
    dictionary.items.push_back(key);
    dictionary.items.push_back(value);
}

// ── the two names that are known ─────────────────────────────────────────────────────────────────────────────────────

void Unpickler::known_name(std::string name) {
    if (name != "datetime.datetime" && name != "_codecs.encode") {
        constexpr std::size_t kShown = 60;
        std::string shown = name.substr(0, kShown);
        std::replace_if(
            shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
        refuse("it wants " + shown + " of Python, which no state file of shotgunEvents needs");
    }
    push(Value{Kind::name, 0, std::move(name), {}, 0});
}

void Unpickler::reduce() {
    const Value& arguments = at(pop());
    const Value& name = at(pop());
    if (name.kind != Kind::name || arguments.kind != Kind::tuple) refuse("it calls what is no name, or with no tuple");
    Value made;
    if (name.text == "datetime.datetime" && arguments.items.size() == 1) {
        const Value& bytes = at(arguments.items.front());
        const auto text = bytes.kind == Kind::bytes ? moment_text(bytes.text) : std::nullopt;
        if (!text) refuse("a moment that is none");
        made = {Kind::moment, 0, *text, {}, 0};
    } else if (name.text == "_codecs.encode" && arguments.items.size() == 2) {
        const Value& text = at(arguments.items[0]);
        const Value& encoding = at(arguments.items[1]);
        const bool known = text.kind == Kind::text && encoding.kind == Kind::text && encoding.text == "latin1";
        const auto bytes = known ? latin1_bytes(text.text) : std::nullopt;
        if (!bytes) refuse("bytes that are none");
        made = {Kind::bytes, 0, *bytes, {}, 0};
    } else {
        refuse("it calls " + name.text + " in a way that no state file has");
    }
    push(std::move(made));
}

}  // namespace foley::core
