// Libraries that cannot be used: one clear sentence each.
#include "core/os/files.hpp"
#include "tests/unit/hosting/host_fixture.hpp"

using namespace foley::core;

namespace {

class LoadFixture : public HostFixture {
public:
    std::string refusal_of(const std::string& plugin) {
        spawn(plugin);
        return refusal();
    }
    std::string refusal_of_file(const std::string& content) {
        const auto file = directory_.path() / "given.so";
        write_file_atomically(file, content);
        HostSpec given = spec("given");
        given.library = file;
        spawn(given);
        return refusal();
    }
    std::string refusal() {
        REQUIRE(await_exit().reason == HostExit::Reason::refused);
        REQUIRE(exit_->phase == "loading");
        return exit_->why;
    }
};

}  // namespace

TEST_CASE_METHOD(LoadFixture, "a library of another ABI is told which, and what to do", "[hosting][load]") {
    REQUIRE(refusal_of("other_abi") ==
            "other_abi: was built for ABI 7, this daemon has ABI 1. Rebuild it with SDK 1.x.");
}

TEST_CASE_METHOD(LoadFixture, "a library that is no plugin is told so", "[hosting][load]") {
    REQUIRE(refusal_of("no_plugin").starts_with("no_plugin: is a shared library but no plugin"));
}

TEST_CASE_METHOD(LoadFixture, "an unresolved symbol is named as a person writes it", "[hosting][load]") {
    REQUIRE(refusal_of("unresolved").starts_with("unresolved: needs studio::function_that_nobody_has(int), "));
}

TEST_CASE_METHOD(LoadFixture, "a registration that throws or refuses is a refusal", "[hosting][load]") {
    REQUIRE(refusal_of("throws_in_entry") ==
            "throws_in_entry: the registration failed: std::runtime_error: no idea how to register");
}

TEST_CASE_METHOD(LoadFixture, "a plugin that refuses to register has said why in its log", "[hosting][load]") {
    REQUIRE(refusal_of("refuses").starts_with("refuses: the plugin refused to register (code 1)"));
    REQUIRE(logged("this plugin only works on Tuesdays"));
}

TEST_CASE_METHOD(LoadFixture, "a setting whose default or bound is no JSON is refused", "[hosting][load]") {
    REQUIRE(refusal_of("settings_are_no_json").starts_with("settings_are_no_json: the plugin refused to register"));
    REQUIRE(logged("the setting poll: default_value is not JSON"));
    REQUIRE(logged("the setting poll: minimum is not JSON"));
    REQUIRE(logged("the setting poll: maximum is not JSON"));
}

TEST_CASE_METHOD(LoadFixture, "a file that is no library is told so", "[hosting][load]") {
    REQUIRE(refusal_of_file("#!/bin/sh\necho hello\n").starts_with("given: is not a shared library (no ELF file)"));
}

TEST_CASE_METHOD(LoadFixture, "a library that is cut short is told so", "[hosting][load]") {
    const std::string whole = read_file(std::filesystem::path(FOLEY_TEST_PLUGINS) / "obedient.so");
    const std::size_t size = GENERATE_COPY(std::size_t{40}, std::size_t{2000}, std::size_t{9000}, whole.size() - 1);
    REQUIRE(refusal_of_file(whole.substr(0, size)) == "given: is cut short. Was it copied whole?");
}

TEST_CASE_METHOD(LoadFixture, "a library of another machine is told so", "[hosting][load]") {
    std::string foreign = read_file(std::filesystem::path(FOLEY_TEST_PLUGINS) / "obedient.so");
    foreign[18] = static_cast<char>(40);  // e_machine: 32-bit ARM
    REQUIRE(refusal_of_file(foreign).starts_with("given: was built for 32-bit ARM, this machine is "));
}

TEST_CASE_METHOD(LoadFixture, "a file that is not there is told so", "[hosting][load]") {
    REQUIRE(refusal_of("nowhere") == "nowhere: cannot be opened: No such file or directory.");
}

TEST_CASE_METHOD(LoadFixture, "a program that cannot be started throws", "[hosting][load]") {
    HostSpec wrong = spec("obedient");
    wrong.program = "/nonexistent/foley-host";
    REQUIRE_THROWS_WITH(spawn(wrong), Catch::Matchers::Contains("cannot start /nonexistent/foley-host"));
}
