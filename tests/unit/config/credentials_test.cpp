#include "fixture.hpp"

#include <catch2/catch.hpp>

#include <sstream>

#include <sys/stat.h>

using namespace foley::core;

namespace {

std::string with_key(const std::string& key) {
    return "plugin_directories: [p]\nsites:\n  s: {kind: ftrack, url: \"https://a.b\", user: u, api_key: " + key +
           "}\n";
}

}  // namespace

TEST_CASE("a secret never prints", "[config][credentials]") {
    std::ostringstream out;
    out << foley::Secret("key");
    CHECK(out.str() == "***");
}

TEST_CASE("a secret comes from a file, the environment or systemd", "[config][credentials]") {
    ConfigFolder folder;
    folder.write("key", "from file\r\nand a comment\n");
    folder.environment["KEY"] = "from environment";
    folder.environment["CREDENTIALS_DIRECTORY"] = folder.path().string();
    CHECK(folder.load(with_key("{file: key}")).sites[0].api_key.reveal() == "from file");
    CHECK(folder.load(with_key("{env: KEY}")).sites[0].api_key.reveal() == "from environment");
    CHECK(folder.load(with_key("{credential: key}")).sites[0].api_key.reveal() == "from file");
    CHECK(folder.load(with_key("plain")).sites[0].api_key.reveal() == "plain");
}

TEST_CASE("a plain secret in a file that others can read is refused", "[config][credentials]") {
    ConfigFolder folder;
    CHECK(folder.problems(with_key("plain"), 0644) ==
          "foley.yaml:3:59: sites.s.api_key: a secret stands here, and everybody on this machine can read this file; "
          "write {file: …}, {env: …} or {credential: …}, or take the right to read the file away from others");
    CHECK(folder.problems(with_key("plain"), 0640).empty());
}

TEST_CASE("a secret that others can read is a warning", "[config][credentials]") {
    ConfigFolder folder;
    folder.write("key", "k", 0644);
    const Configuration config = folder.load(with_key("{file: key}"));
    REQUIRE(config.warnings.size() == 1);
    CHECK(config.warnings[0].sentence.find("chmod o-r") != std::string::npos);
}

TEST_CASE("a secret that cannot be had is an error that names what is missing", "[config][credentials]") {
    ConfigFolder folder;
    folder.write("empty", "");
    CHECK(folder.problems(with_key("{file: nowhere}")) ==
          "foley.yaml:3:66: sites.s.api_key: cannot read the secret from nowhere: No such file or directory");
    CHECK(folder.problems(with_key("{file: empty}")) ==
          "foley.yaml:3:66: sites.s.api_key: cannot read the secret from empty: it is empty");
    CHECK(folder.problems(with_key("{file: .}")) ==
          "foley.yaml:3:66: sites.s.api_key: cannot read the secret from .: it is not a regular file");
    CHECK(folder.problems(with_key("{env: NONE}")) ==
          "foley.yaml:3:65: sites.s.api_key: the environment variable NONE is not set");
    CHECK(folder.problems(with_key("{credential: k}")) ==
          "foley.yaml:3:72: sites.s.api_key: there is no $CREDENTIALS_DIRECTORY; systemd sets it for a unit with "
          "LoadCredential=k:/path/of/the/secret");
    CHECK(folder.problems(with_key("{fil: key}")) ==
          "foley.yaml:3:60: sites.s.api_key.fil: unknown; did you mean file?");
    CHECK(
        folder.problems(with_key("[a]")) ==
        "foley.yaml:3:59: sites.s.api_key: expected a secret as {file: …}, {env: …} or {credential: …}, found a list");
}

TEST_CASE("a secret in a FIFO is refused, and nobody waits for its writer", "[config][credentials]") {
    ConfigFolder folder;
    REQUIRE(::mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
    CHECK(folder.problems(with_key("{file: fifo}")) ==
          "foley.yaml:3:66: sites.s.api_key: cannot read the secret from fifo: it is not a regular file");
}

TEST_CASE("no more of a secret's file is read than a secret may have", "[config][credentials]") {
    ConfigFolder folder;
    const std::string longest(65536, 'k');
    folder.write("longest", longest);
    folder.write("line", longest + "\n" + longest);
    folder.write("longer", longest + "k\n");
    CHECK(folder.load(with_key("{file: longest}")).sites[0].api_key.reveal() == longest);
    CHECK(folder.load(with_key("{file: line}")).sites[0].api_key.reveal() == longest);
    CHECK(folder.problems(with_key("{file: longer}")) ==
          "foley.yaml:3:66: sites.s.api_key: cannot read the secret from longer: its first line is longer than 64 KiB");
    CHECK(folder.problems(with_key("{file: /dev/zero}")) ==
          "foley.yaml:3:66: sites.s.api_key: cannot read the secret from /dev/zero: it is not a regular file");
}
