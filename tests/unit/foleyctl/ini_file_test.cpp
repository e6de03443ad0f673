// Read twice: by IniFile, and by Python's own ConfigParser, which must agree.
#include "core/foleyctl/adopt/ini_file.hpp"

#include "tests/unit/foleyctl/python.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace foley::core::testing {
namespace {

using Catch::Matchers::Contains;

const IniFile::Environment kEnvironment{{"SG_KEY", "s%%3"}, {"STUDIO", "example"}, {"Nested", "%(studio)s/x"}};

// Lines "section|option|value", the value in hex.
std::string hex(const std::string& text) {
    std::string out;
    for (const unsigned char c : text)
        out += fmt::format("{:02x}", c);
    return out;
}

// For each file what Python reads, with a line "end" behind it.
std::string by_python(const std::vector<std::string>& files) {
    std::string script =
        "import configparser, io\n"
        "env = {'SG_KEY': 's%%3', 'STUDIO': 'example', 'Nested': '%(studio)s/x'}\n"
        "def show(text):\n"
        "    parser = configparser.ConfigParser(env)\n"
        "    lines = []\n"
        "    try:\n"
        "        parser.read_file(io.TextIOWrapper(io.BytesIO(bytes.fromhex(text)), newline=None))\n"
        "        for section in parser.sections():\n"
        "            for name in parser._sections[section]:\n"
        "                lines.append('|'.join((section, name, parser.get(section, name).encode().hex())))\n"
        "    except configparser.Error as error:\n"
        "        lines = ['refused']\n"
        "    print('\\n'.join(lines + ['end']))\n";
    for (const std::string& file : files)
        script += "show('" + hex(file) + "')\n";
    return python(script);
}

std::string by_us(const std::string& text) {
    std::string out;
    try {
        const IniFile ini(text, "file.conf", kEnvironment);
        for (const std::string& section : ini.sections()) {
            for (const std::string& option : ini.options(section))
                out += section + "|" + option + "|" + hex(ini.get(section, option).value()) + "\n";
        }
    } catch (const IniError&) {
        out = "refused\n";
    }
    return out + "end\n";
}

TEST_CASE("files are read as Python's ConfigParser reads them", "[adopt][ini]") {
    const std::vector<std::string> files{
        "[daemon]\npidFile: /a\nLogMode = 1\nlogging : 20\nempty:\nspaced   =   two words  \n",
        "# one\n; two\n[daemon]\n# three\na: 1 ; not a comment\nb: 2 # nor this\n   # but this\nc=3\n",
        "[a]\nx: one\n  two\n\n  three\n   # gone\n\n\ny: 1\n\n[b]\nz = last\n\n\n",
        "[a]\nkey: %(studio)s and %(STUDIO)s\nother: %(key)s!\npercent: 100%%\nsecret: %(SG_KEY)s\nn: %(nested)s\n",
        "[DEFAULT]\nroot: /srv\n[a]\npath: %(root)s/a\n[b]\nroot: /opt\npath: %(root)s/b\n",
        "[a]\r\nx: 1\r\n[b]\r\ny: 2\r\n",
        "[a]\nurl: https://studio:8080/?x=1\nweird = a:b=c\n",
        "[a b]\nx: 1\n[A B]\nx: 2\n[a]]\ny: 3\n[tail] ignored\nz: 4\n",
        "  [indented]\n  x: 1\n  y: 2\n    more\n",
        "[a]\nx:\n  continued\n  [not a section]\n  y: not an option\n",
        "[a]\n\n  x: 1\n y: 2\nz: 3\n",
        "",
        "# nothing\n",
        // refused by both
        "x: 1\n",
        "[a]\njust a line\n",
        "[a]\nx: 1\nX: 2\n",
        "[a]\nx: 1\n[a]\ny: 1\n",
        "[a]\n: value\n",
        "[]\nx: 1\n",
        "[a]\nx: 50%\n",
        "[a]\nx: %(nothing)s\n",
        "[a]\nx: %(broken\n",
        "[a]\nx: %(a)d\n",
        "[a]\nx: %(y)s\ny: %(x)s\n",
    };
    std::string theirs = by_python(files);
    for (const std::string& file : files) {
        INFO(file);
        const auto end = theirs.find("end\n") + 4;
        CHECK(by_us(file) == theirs.substr(0, end));
        theirs.erase(0, end);
    }
}

TEST_CASE("errors name the line", "[adopt][ini]") {
    CHECK_THROWS_WITH(IniFile("[a]\nx: 1\nno\n", "f.conf", {}), Contains("f.conf:3"));
    const IniFile ini("[a]\n\nx: %(gone)s\n", "f.conf", {});
    CHECK_THROWS_WITH(ini.get("a", "x"), Contains("f.conf:3") && Contains("gone") && Contains("environment"));
    CHECK(ini.place("a", "x") == "f.conf:3");
}

TEST_CASE("a value that is one variable of the environment is known as such, also when that is not set",
          "[adopt][ini]") {
    const IniFile ini("[a]\nkey: %(sg_key)s\nunset: %(SG_OTHER)s\nmixed: x%(sg_key)s\nown: %(mixed)s\nplain: text\n",
                      "f.conf", kEnvironment);
    CHECK(ini.variable("a", "key") == "SG_KEY");
    CHECK(ini.variable("a", "unset") == "SG_OTHER");
    CHECK_FALSE(ini.variable("a", "mixed"));
    CHECK_FALSE(ini.variable("a", "own"));
    CHECK_FALSE(ini.variable("a", "plain"));
    CHECK_FALSE(ini.variable("a", "none"));
    CHECK_FALSE(ini.get("a", "none"));
    CHECK_FALSE(ini.get("none", "key"));
}

}  // namespace
}  // namespace foley::core::testing
