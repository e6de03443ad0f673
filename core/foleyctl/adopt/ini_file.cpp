#include "core/foleyctl/adopt/ini_file.hpp"

#include <algorithm>
#include <utility>

namespace foley::core {
namespace {

constexpr std::string_view kSpace = " \t\v\f\r\x1c\x1d\x1e\x1f";  // what Python strips from a line
constexpr int kDeepest = 10;                                      // Python's own limit

std::string_view stripped(std::string_view text) {
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

// Lines as a text file of Python gives them: "\n", "\r\n" and "\r" end one.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find_first_of("\r\n");
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        const bool two = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
        text.remove_prefix(end + (two ? 2 : 1));
    }
    return lines;
}

// The name in "%(name)s" at the front, and how long the whole is.
std::optional<std::pair<std::string_view, std::size_t>> reference(std::string_view text) {
    if (!text.starts_with("%(")) return std::nullopt;
    const auto end = text.find(')');
    if (end == std::string_view::npos || end == 2 || end + 1 >= text.size() || text[end + 1] != 's')
        return std::nullopt;
    return std::pair(text.substr(2, end - 2), end + 2);
}

}  // namespace

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

// One pass over the lines: which section and which option they belong to.
class IniFile::Reader {
public:
    explicit Reader(IniFile& file) : file_(file) {}

    void read(std::string_view text) {
        for (const std::string_view line : lines_of(text)) {
            ++number_;
            read_line(line);
        }
        for (Section& section : file_.sections_)
            trim(section);
        trim(file_.defaults_);
    }

private:
    void read_line(std::string_view line) {
        const std::string_view text = stripped(line);
        if (text.empty()) {
            if (in_value()) options().back().value += '\n';  // an empty line goes on with the value, a comment does not
            return;
        }
        if (text.front() == '#' || text.front() == ';') return;
        const auto indent = static_cast<std::size_t>(text.data() - line.data());
        if (in_value() && indent > indent_) {
            options().back().value.append("\n").append(text);
            return;
        }
        indent_ = indent;
        const auto end = text.rfind(']');
        if (text.front() == '[' && end != std::string_view::npos && end > 1) {
            begin_section(text.substr(1, end - 1));
        } else {
            begin_option(text);
        }
    }

    void begin_section(std::string_view name) {
        has_option_ = false;
        in_defaults_ = name == "DEFAULT";
        has_section_ = true;
        if (in_defaults_) return;
        if (file_.has_section(name)) refuse("section [" + std::string(name) + "] is there twice");
        file_.sections_.push_back({std::string(name), {}});
    }

    void begin_option(std::string_view text) {
        if (!has_section_) refuse("there is no [section] above this line");
        const auto delimiter = text.find_first_of("=:");
        if (delimiter == std::string_view::npos) refuse("neither a [section] nor 'name: value'");
        const std::string name = lower(stripped(text.substr(0, delimiter)));
        if (name.empty()) refuse("a value without a name");
        const bool known =
            std::any_of(options().begin(), options().end(), [&](const Option& option) { return option.name == name; });
        if (known) refuse("'" + name + "' is there twice in its section");
        options().push_back({name, std::string(stripped(text.substr(delimiter + 1))), number_});
        has_option_ = true;
    }

    bool in_value() const { return has_section_ && has_option_; }
    std::vector<Option>& options() { return in_defaults_ ? file_.defaults_.options : file_.sections_.back().options; }
    [[noreturn]] void refuse(const std::string& why) const { file_.refuse(number_, why); }

    static void trim(Section& section) {
        for (Option& option : section.options) {
            while (!option.value.empty() &&
                   (option.value.back() == '\n' || kSpace.find(option.value.back()) != kSpace.npos))
                option.value.pop_back();
        }
    }

    IniFile& file_;
    int number_ = 0;
    std::size_t indent_ = 0;
    bool has_section_ = false, has_option_ = false, in_defaults_ = false;
};

IniFile::IniFile(std::string_view text, std::string file, Environment environment) : file_(std::move(file)) {
    for (auto& [name, value] : environment)
        environment_.emplace(lower(name), std::pair(name, value));
    Reader(*this).read(text);
}

void IniFile::refuse(int line, const std::string& why) const {
    throw IniError(file_ + ":" + std::to_string(line) + ": " + why);
}

// ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const IniFile::Section* IniFile::find(std::string_view section) const {
    const auto found =
        std::find_if(sections_.begin(), sections_.end(), [&](const Section& one) { return one.name == section; });
    return found == sections_.end() ? nullptr : &*found;
}

const IniFile::Option* IniFile::find(std::string_view section, std::string_view option) const {
    const Section* own = find(section);
    if (own == nullptr) return nullptr;
    const std::string name = lower(option);
    for (const Section* one : {own, &defaults_}) {
        for (const Option& candidate : one->options) {
            if (candidate.name == name) return &candidate;
        }
    }
    return nullptr;
}

bool IniFile::has_section(std::string_view section) const {
    return find(section) != nullptr;
}

std::vector<std::string> IniFile::sections() const {
    std::vector<std::string> names;
    names.reserve(sections_.size());
    for (const Section& section : sections_)
        names.push_back(section.name);
    return names;
}

std::vector<std::string> IniFile::options(std::string_view section) const {
    std::vector<std::string> names;
    if (const Section* found = find(section)) {
        for (const Option& option : found->options)
            names.push_back(option.name);
    }
    return names;
}

std::optional<std::string> IniFile::raw(std::string_view section, std::string_view option) const {
    const Option* found = find(section, option);
    return found == nullptr ? std::nullopt : std::optional(found->value);
}

std::optional<std::string> IniFile::get(std::string_view section, std::string_view option) const {
    const Option* found = find(section, option);
    if (found == nullptr) return std::nullopt;
    return expand(section, option, found->value, 1);
}

std::optional<std::string> IniFile::variable(std::string_view section, std::string_view option) const {
    const Option* found = find(section, option);
    if (found == nullptr) return std::nullopt;
    const auto whole = reference(found->value);
    if (!whole || whole->second != found->value.size()) return std::nullopt;
    if (find(section, whole->first) != nullptr) return std::nullopt;  // the file says what it is
    const auto known = environment_.find(lower(whole->first));
    return known == environment_.end() ? std::string(whole->first) : known->second.first;
}

std::string IniFile::place(std::string_view section, std::string_view option) const {
    const Option* found = find(section, option);
    return found == nullptr ? file_ : file_ + ":" + std::to_string(found->line);
}

// ── %(name)s ─────────────────────────────────────────────────────────────────────────────────────────────────────────

std::optional<std::string> IniFile::value_of(std::string_view section, const std::string& name) const {
    if (const Option* found = find(section, name)) return found->value;
    const auto variable = environment_.find(lower(name));
    return variable == environment_.end() ? std::nullopt : std::optional(variable->second.second);
}

std::string IniFile::expand(std::string_view section, std::string_view option, std::string_view value,
                            int depth) const {
    const auto complain = [&](const std::string& why) {
        const Option* found = find(section, option);
        refuse(found == nullptr ? 0 : found->line, std::string(option) + ": " + why);
    };
    if (depth > kDeepest) complain("its %(…)s refer to each other more than 10 times");
    std::string result;
    while (!value.empty()) {
        const auto percent = value.find('%');
        result.append(value.substr(0, percent));
        if (percent == std::string_view::npos) break;
        value.remove_prefix(percent);
        if (value.starts_with("%%")) {
            result += '%';
            value.remove_prefix(2);
            continue;
        }
        const auto name = reference(value);
        if (!name) complain("a '%' must be followed by '%' or by '(name)s'");
        const auto other = value_of(section, std::string(name->first));
        if (!other) {
            complain("%(" + std::string(name->first) +
                     ")s is neither an option of its section nor a variable of this environment; set it as the daemon "
                     "has it and run this again");
        }
        result += other->find('%') == std::string::npos ? *other : expand(section, option, *other, depth + 1);
        value.remove_prefix(name->second);
    }
    return result;
}

}  // namespace foley::core
