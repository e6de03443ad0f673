// IniFile: an INI file as Python's ConfigParser reads it, with what it is when nothing else is asked for: `=` and `:`,
// comment lines with `#` and `;` (none behind a value), values that go on in indented lines, names of options in lower
// case, a [DEFAULT] section, and %(name)s in values, where names of the environment count as well.
//
// A value. Throws IniError with a sentence that names file and line.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

class IniError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class IniFile {
public:
    using Environment = std::map<std::string, std::string>;  // by name

    // `file` is for sentences.
    IniFile(std::string_view text, std::string file, Environment environment);

    bool has_section(std::string_view section) const;
    std::vector<std::string> sections() const;  // in the order of the file, without DEFAULT
    std::vector<std::string> options(std::string_view section) const;

    // As it stands there.
    std::optional<std::string> raw(std::string_view section, std::string_view option) const;
    // With every %(name)s replaced, as Python does it; nothing when the section has no such option.
    std::optional<std::string> get(std::string_view section, std::string_view option) const;
    // The variable of the environment that the value consists of, and of nothing else: "%(SG_KEY)s".
    std::optional<std::string> variable(std::string_view section, std::string_view option) const;
    // "…/shotgunEventDaemon.conf:12" for sentences.
    std::string place(std::string_view section, std::string_view option) const;

private:
    struct Option {
        std::string name;
        std::string value;
        int line = 0;
    };
    struct Section {
        std::string name;
        std::vector<Option> options;
    };
    class Reader;

    const Section* find(std::string_view section) const;
    const Option* find(std::string_view section, std::string_view option) const;
    std::optional<std::string> value_of(std::string_view section, const std::string& name) const;
    std::string expand(std::string_view section, std::string_view option, std::string_view value, int depth) const;
    [[noreturn]] void refuse(int line, const std::string& why) const;

    std::string file_;
    std::vector<Section> sections_;
    Section defaults_{"DEFAULT", {}};
    // By the name in lower case: what the variable is called, and its value.
    std::map<std::string, std::pair<std::string, std::string>> environment_;
};

}  // namespace foley::core
