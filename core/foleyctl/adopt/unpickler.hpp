// Unpickler: one reading of a pickle, instruction by instruction. Private to pickle.cpp and unpickler.cpp.
#pragma once

#include "core/foleyctl/adopt/pickle.hpp"

#include <unordered_map>

namespace foley::core {

class Unpickler {
public:
    // The bytes outlive it.
    Unpickler(std::string_view bytes, const Pickle::Limits& limits) : bytes_(bytes), limits_(limits) {}
    Pickle run();

private:
    using Kind = Pickle::Kind;
    using Index = Pickle::Index;
    using Value = Pickle::Value;

    // ── instructions ─────────────────────────────────────────────────────────────────────────────────────────────
    bool step();  // false: STOP
    bool push_number(char opcode);
    bool push_text(char opcode);
    bool build(char opcode);
    bool remember(char opcode);
    bool use_name(char opcode);
    void begin();
    void frame();
    void make_tuple(std::size_t count);
    void make_dictionary();
    void set_items(std::size_t count);
    void set_item(Value& dictionary, Index key, Index value);
    void reduce();
    void known_name(std::string name);

    // ── the bytes ────────────────────────────────────────────────────────────────────────────────────────────────
    std::string_view take(std::size_t size);
    std::uint64_t little(std::size_t size);
    std::string_view line();
    std::int64_t decimal(std::string_view text) const;

    // ── the stack ────────────────────────────────────────────────────────────────────────────────────────────────
    void push(Value value);
    void push(Index index);
    Index pop();
    std::size_t above_mark();  // how many values stand above the last mark, which goes
    Value& dictionary_below(std::size_t count);
    const Value& at(Index index) const { return result_.values_[index]; }

    [[noreturn]] void refuse(const std::string& why) const;
    [[noreturn]] void refuse_instruction(unsigned char opcode) const;

    std::string_view bytes_;
    const Pickle::Limits limits_;
    std::size_t place_ = 0;
    std::size_t instruction_ = 0;  // where the present one begins
    Pickle result_;
    std::vector<Index> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, Index> memo_;
};

}  // namespace foley::core
