// foley-symbolizer: turns the addresses of a crash record into function names, files and lines. It reads the record
// from standard input (core/hosting/stack_lines.hpp) and prints one line per frame, inlined ones included, innermost
// first.
//
// A process of its own, because reading debug information takes long and may fail on damaged files.
#include "core/hosting/demangle.hpp"

#include <elfutils/libdwfl.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dwarf.h>
#include <stdlib.h>

namespace foley::core {
namespace {

struct Input {
    bool exact = true;  // the first address is where it struck, not where a call returns to
    std::vector<std::uint64_t> stack;
    std::string maps;
};

Input read_input() {
    Input input;
    std::string line;
    std::getline(std::cin, line);
    input.exact = line == "exact";
    while (std::getline(std::cin, line) && !line.empty()) {
        std::uint64_t address = 0;
        std::from_chars(line.data(), line.data() + line.size(), address, 16);
        input.stack.push_back(address);
    }
    while (std::getline(std::cin, line))
        input.maps += line + "\n";
    return input;
}

struct DwflEnd {
    void operator()(Dwfl* dwfl) const { dwfl_end(dwfl); }
};
struct FileClose {
    void operator()(FILE* file) const { std::fclose(file); }
};
struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

class Symbols {
public:
    explicit Symbols(std::string maps) : dwfl_(dwfl_begin(&kCallbacks)) {
        const std::unique_ptr<FILE, FileClose> file(::fmemopen(maps.data(), maps.size(), "r"));
        if (!dwfl_ || !file) return;
        dwfl_report_begin(dwfl_.get());
        dwfl_linux_proc_maps_report(dwfl_.get(), file.get());
        dwfl_report_end(dwfl_.get(), nullptr, nullptr);
    }

    // The frames at this address, inlined ones first. `lookup` lies inside of the instruction.
    std::vector<std::string> frames(std::uint64_t address, std::uint64_t lookup) const {
        Dwfl_Module* module = dwfl_ ? dwfl_addrmodule(dwfl_.get(), lookup) : nullptr;
        if (module == nullptr) return {hex(address)};
        const std::string place = " (" + module_name(module) + "+" + hex(address - base_of(module)) + ")";
        std::string position = source_position(module, lookup);
        std::vector<std::string> result;
        Dwarf_Addr bias = 0;
        Dwarf_Die* unit = dwfl_module_addrdie(module, lookup, &bias);
        std::optional<std::string> function = symbol(module, lookup);
        if (unit != nullptr) add_inlined(unit, lookup - bias, place, position, function, result);
        result.push_back(function.value_or(hex(address)) + position + place);
        return result;
    }

private:
    static std::string hex(std::uint64_t value) {
        std::array<char, 16> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
        return "0x" + std::string(digits.data(), end);
    }

    static std::string file_name(const char* path) {
        const std::string text = path != nullptr ? path : "?";
        return text.substr(text.rfind('/') + 1);
    }

    static std::string module_name(Dwfl_Module* module) {
        return file_name(dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr));
    }

    static std::uint64_t base_of(Dwfl_Module* module) {
        Dwarf_Addr start = 0;
        dwfl_module_info(module, nullptr, &start, nullptr, nullptr, nullptr, nullptr, nullptr);
        return start;
    }

    static std::optional<std::string> symbol(Dwfl_Module* module, std::uint64_t lookup) {
        GElf_Off offset = 0;
        GElf_Sym found{};
        const char* name = dwfl_module_addrinfo(module, lookup, &offset, &found, nullptr, nullptr, nullptr);
        if (name == nullptr || offset >= found.st_size) return std::nullopt;  // the nearest one is not the one
        return demangle(name);
    }

    static std::string source_position(Dwfl_Module* module, std::uint64_t lookup) {
        Dwfl_Line* line = dwfl_module_getsrc(module, lookup);
        int number = 0;
        const char* file = line != nullptr ? dwfl_lineinfo(line, nullptr, &number, nullptr, nullptr, nullptr) : nullptr;
        return file != nullptr ? " at " + file_name(file) + ":" + std::to_string(number) : std::string();
    }

    static std::string name_of(Dwarf_Die* die) {
        Dwarf_Attribute attribute;
        const char* linkage = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute));
        if (linkage != nullptr) return demangle(linkage);
        const char* name = dwarf_diename(die);
        return name != nullptr ? name : "?";
    }

    // Where an inlined function was called from.
    static std::string call_position(Dwarf_Die* unit, Dwarf_Die* die) {
        Dwarf_Attribute attribute;
        Dwarf_Word file = 0;
        Dwarf_Word line = 0;
        Dwarf_Files* files = nullptr;
        if (dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attribute), &file) != 0 ||
            dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &line) != 0 ||
            dwarf_getsrcfiles(unit, &files, nullptr) != 0) {
            return {};
        }
        return " at " + file_name(dwarf_filesrc(files, file, nullptr, nullptr)) + ":" + std::to_string(line);
    }

    // Adds the inlined functions at this address; leaves the position in, and the name of, the function that holds
    // them.
    static void add_inlined(Dwarf_Die* unit, Dwarf_Addr address, const std::string& place, std::string& position,
                            std::optional<std::string>& function, std::vector<std::string>& result) {
        Dwarf_Die* raw = nullptr;
        if (dwarf_getscopes(unit, address, &raw) <= 0) return;
        const std::unique_ptr<Dwarf_Die, Free> innermost(raw);
        raw = nullptr;
        const int count = dwarf_getscopes_die(innermost.get(), &raw);
        if (count <= 0) return;
        const std::unique_ptr<Dwarf_Die, Free> scopes(raw);
        for (int i = 0; i < count; ++i) {
            Dwarf_Die* die = scopes.get() + i;
            if (dwarf_tag(die) == DW_TAG_inlined_subroutine) {
                result.push_back(std::string(name_of(die)).append(position).append(" [inlined]").append(place));
                position = call_position(unit, die);
            } else if (dwarf_tag(die) == DW_TAG_subprogram) {
                if (!function) function = name_of(die);  // stripped, but with debug information elsewhere
                return;
            }
        }
    }

    static constexpr Dwfl_Callbacks kCallbacks{.find_elf = dwfl_linux_proc_find_elf,
                                               .find_debuginfo = dwfl_standard_find_debuginfo,
                                               .section_address = dwfl_offline_section_address,
                                               .debuginfo_path = nullptr};
    std::unique_ptr<Dwfl, DwflEnd> dwfl_;
};

void print_frames() {
    const Input input = read_input();
    const Symbols symbols(input.maps);
    for (std::size_t i = 0; i < input.stack.size(); ++i) {
        const std::uint64_t address = input.stack[i];
        const bool exact = (i == 0 && input.exact) || address == 0;
        for (const std::string& frame : symbols.frames(address, exact ? address : address - 1)) {
            std::cout << frame << '\n';
        }
    }
}

}  // namespace
}  // namespace foley::core

int main() {
    try {
        foley::core::print_frames();
        std::cout.flush();
        return std::cout.good() ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "foley-symbolizer: " << error.what() << '\n';
        return 1;
    }
}
