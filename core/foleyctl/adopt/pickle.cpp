// The instructions of a pickle: what each does, and which are refused.
#include "core/foleyctl/adopt/pickle.hpp"

#include "core/foleyctl/adopt/pickle_text.hpp"
#include "core/foleyctl/adopt/unpickler.hpp"

#include <fmt/format.h>

#include <utility>

namespace foley::core {
namespace {

constexpr unsigned kNewestProtocol = 5;

// The instructions of Python's pickletools that a state file does not need, by name, for the sentence.
struct Refused {
    unsigned char opcode;
    const char* name;
};
constexpr Refused kRefused[] = {
    {'0', "POP"},        {'1', "POP_MARK"},     {'2', "DUP"},         {'F', "FLOAT"},        {'P', "PERSID"},
    {'Q', "BINPERSID"},  {'b', "BUILD"},        {'i', "INST"},        {'o', "OBJ"},          {'l', "LIST"},
    {']', "EMPTY_LIST"}, {'a', "APPEND"},       {'e', "APPENDS"},     {'G', "BINFLOAT"},     {0x81, "NEWOBJ"},
    {0x82, "EXT1"},      {0x83, "EXT2"},        {0x84, "EXT4"},       {0x88, "NEWTRUE"},     {0x89, "NEWFALSE"},
    {0x8b, "LONG4"},     {0x8d, "BINUNICODE8"}, {0x8e, "BINBYTES8"},  {0x8f, "EMPTY_SET"},   {0x90, "ADDITEMS"},
    {0x91, "FROZENSET"}, {0x92, "NEWOBJ_EX"},   {0x96, "BYTEARRAY8"}, {0x97, "NEXT_BUFFER"}, {0x98, "READONLY_BUFFER"},
};

}  // namespace

Pickle Pickle::decode(std::string_view bytes, const Limits& limits) {
    return Unpickler(bytes, limits).run();
}

Pickle Unpickler::run() {
    if (bytes_.size() > limits_.bytes) {
        throw PickleError(
            fmt::format("it has {} bytes, and a state file has no more than {}", bytes_.size(), limits_.bytes));
    }
    while (step()) {
    }
    if (!marks_.empty() || stack_.size() != 1) refuse("it ends with something left over");
    if (place_ != bytes_.size()) refuse("something follows its end");
    result_.root_ = stack_.front();
    return std::move(result_);
}

bool Unpickler::step() {
    instruction_ = place_;
    const char opcode = take(1).front();
    if (opcode == '.') return false;
    if (!push_number(opcode) && !push_text(opcode) && !build(opcode) && !remember(opcode) && !use_name(opcode)) {
        refuse_instruction(static_cast<unsigned char>(opcode));
    }
    return true;
}

bool Unpickler::push_number(char opcode) {
    Value value{Kind::integer, 0, {}, {}, 0};
    switch (static_cast<unsigned char>(opcode)) {
        case 'N':  // NONE
            push(Value{});
            return true;
        case 'I': {  // INT
            const std::string_view text = line();
            if (text == "00" || text == "01") refuse("True or False, which no state file has");
            value.integer = decimal(text);
            break;
        }
        case 'L': {  // LONG
            std::string_view text = line();
            if (text.ends_with('L')) text.remove_suffix(1);
            value.integer = decimal(text);
            break;
        }
        case 'J':  // BININT
            value.integer = static_cast<std::int32_t>(little(4));
            break;
        case 'K':  // BININT1
            value.integer = static_cast<std::int64_t>(little(1));
            break;
        case 'M':  // BININT2
            value.integer = static_cast<std::int64_t>(little(2));
            break;
        case 0x8a: {  // LONG1
            const std::uint64_t size = little(1);
            if (size > 8) refuse("a number of more than 64 bits");
            const std::uint64_t bits = little(size);
            const unsigned unused = 64 - static_cast<unsigned>(size) * 8;
            if (size > 0)
                value.integer = static_cast<std::int64_t>(bits << unused) >> unused;  // its sign is its top bit
            break;
        }
        default:
            return false;
    }
    push(std::move(value));
    return true;
}

bool Unpickler::push_text(char opcode) {
    Value value{Kind::text, 0, {}, {}, 0};
    switch (static_cast<unsigned char>(opcode)) {
        case 'V': {  // UNICODE
            auto text = raw_unicode_text(line());
            if (!text) refuse("a text that is no text");
            value.text = *std::move(text);
            break;
        }
        case 'X':  // BINUNICODE
            value.text = take(little(4));
            break;
        case 0x8c:  // SHORT_BINUNICODE
            value.text = take(little(1));
            break;
        case 'S': {  // STRING, of Python 2: text or bytes
            auto text = quoted_bytes(line());
            if (!text) refuse("a text that is no text");
            value.kind = Kind::bytes;
            value.text = *std::move(text);
            break;
        }
        case 'T':  // BINSTRING, of Python 2
        case 'B':  // BINBYTES
            value.kind = Kind::bytes;
            value.text = take(little(4));
            break;
        case 'U':  // SHORT_BINSTRING, of Python 2
        case 'C':  // SHORT_BINBYTES
            value.kind = Kind::bytes;
            value.text = take(little(1));
            break;
        default:
            return false;
    }
    push(std::move(value));
    return true;
}

bool Unpickler::build(char opcode) {
    switch (static_cast<unsigned char>(opcode)) {
        case '(':  // MARK
            if (marks_.size() >= limits_.marks) refuse("more marks within each other than a state file has");
            marks_.push_back(stack_.size());
            return true;
        case 't':  // TUPLE
            make_tuple(above_mark());
            return true;
        case 0x85:  // TUPLE1
        case 0x86:  // TUPLE2
        case 0x87:  // TUPLE3
            make_tuple(static_cast<unsigned char>(opcode) - 0x84U);
            return true;
        case '}':  // EMPTY_DICT
            push(Value{Kind::dictionary, 0, {}, {}, 0});
            return true;
        case 'd':  // DICT
            make_dictionary();
            return true;
        case 's':  // SETITEM
            set_items(2);
            return true;
        case 'u':  // SETITEMS
            set_items(above_mark());
            return true;
        default:
            return false;
    }
}

bool Unpickler::remember(char opcode) {
    const auto put = [&](std::uint64_t key) {
        if (stack_.empty()) refuse("nothing is there to be remembered");
        if (memo_.size() >= limits_.values) refuse("it remembers more values than a state file has");
        memo_[key] = stack_.back();
    };
    const auto get = [&](std::uint64_t key) {
        const auto found = memo_.find(key);
        if (found == memo_.end()) refuse("it asks for a value that was not remembered");
        push(found->second);
    };
    switch (static_cast<unsigned char>(opcode)) {
        case 'p':  // PUT
            put(static_cast<std::uint64_t>(decimal(line())));
            return true;
        case 'q':  // BINPUT
            put(little(1));
            return true;
        case 'r':  // LONG_BINPUT
            put(little(4));
            return true;
        case 0x94:  // MEMOIZE
            put(memo_.size());
            return true;
        case 'g':  // GET
            get(static_cast<std::uint64_t>(decimal(line())));
            return true;
        case 'h':  // BINGET
            get(little(1));
            return true;
        case 'j':  // LONG_BINGET
            get(little(4));
            return true;
        default:
            return false;
    }
}

bool Unpickler::use_name(char opcode) {
    switch (static_cast<unsigned char>(opcode)) {
        case 0x80:  // PROTO
            begin();
            return true;
        case 0x95:  // FRAME
            frame();
            return true;
        case 'c': {  // GLOBAL
            const std::string module(line());
            known_name(module + "." + std::string(line()));
            return true;
        }
        case 0x93: {  // STACK_GLOBAL
            const Value& name = at(pop());
            const Value& module = at(pop());
            if (name.kind != Kind::text || module.kind != Kind::text) refuse("a name that is no text");
            known_name(module.text + "." + name.text);
            return true;
        }
        case 'R':  // REDUCE
            reduce();
            return true;
        default:
            return false;
    }
}

void Unpickler::begin() {
    const std::uint64_t protocol = little(1);
    if (instruction_ != 0) refuse("it begins a second time");
    if (protocol > kNewestProtocol) {
        refuse(fmt::format("it is of protocol {}, and this reads protocols 0 to {}", protocol, kNewestProtocol));
    }
    result_.protocol_ = static_cast<unsigned>(protocol);
}

void Unpickler::frame() {
    if (little(8) > bytes_.size() - place_) refuse("a frame that is longer than the file");
}

void Unpickler::refuse_instruction(unsigned char opcode) const {
    for (const Refused& one : kRefused) {
        if (one.opcode == opcode)
            refuse(std::string("the instruction ") + one.name + ", which no state file of shotgunEvents has");
    }
    refuse(fmt::format("0x{:02x} is no instruction that a state file of shotgunEvents has", opcode));
}

}  // namespace foley::core
