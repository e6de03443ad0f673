#include "core/foleyctl/adopt/adoption.hpp"

#include "tests/unit/foleyctl/sample.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include <stdlib.h>

namespace foley::core::testing {
namespace {

using Catch::Matchers::Contains;

EventPosition at(std::uint64_t last, const std::vector<std::uint64_t>& missing = {}) {
    EventPosition position;
    position.last = last;
    for (const std::uint64_t one : missing)
        position.missing.insert(one);
    return position;
}

EventState state_of(std::map<std::string, EventState::Plugins> directories) {
    EventState state;
    state.directories = std::move(directories);
    return state;
}

std::vector<FoundPlugins> found(std::vector<std::string> plugins, std::vector<std::string> more = {}) {
    return {{"/srv/plugins", true, std::move(plugins)}, {"/srv/more", true, std::move(more)}};
}

const AdoptedPlugin& plugin(const Adoption& adoption, const std::string& name) {
    for (const AdoptedPlugin& one : adoption.plugins) {
        if (one.name == name) return one;
    }
    throw std::runtime_error("no plugin " + name);
}

std::string reason(const Adoption& adoption, const std::string& what) {
    for (const NotCarriedOver& one : adoption.left_out) {
        if (one.what.find(what) != std::string::npos) return one.reason;
    }
    return {};
}

TEST_CASE("each plugin goes on where it was, and the source begins at the first event that one still needs",
          "[adopt]") {
    const Adoption adoption = plan_adoption(installation(),
                                            state_of({{"/srv/plugins", {{"a", at(105, {101, 103})}, {"b", at(110)}}},
                                                      {"/srv/more/", {{"c", at(90, {80})}}}}),
                                            found({"a", "b"}, {"c"}), {});
    REQUIRE(adoption.plugins.size() == 3);
    CHECK(adoption.plugins.front().name == "a");
    CHECK(plugin(adoption, "a").handled == 105);
    CHECK(plugin(adoption, "a").missing.ranges() == NumberRanges::Map{{101, 101}, {103, 103}});
    CHECK(plugin(adoption, "b").handled == 110);
    CHECK(plugin(adoption, "c").handled == 90);
    CHECK(adoption.first_id == 80);
    CHECK(adoption.left_out.empty());
    CHECK(adoption.warnings.empty());
}

TEST_CASE("without what is missing the source begins behind the slowest plugin", "[adopt]") {
    const Adoption adoption = plan_adoption(
        installation(), state_of({{"/srv/plugins", {{"a", at(105)}, {"b", at(110)}}}}), found({"a", "b"}), {});
    CHECK(adoption.first_id == 106);
}

TEST_CASE("new plugins start at the newest event, and so does the source when nobody has a position", "[adopt]") {
    const Adoption adoption =
        plan_adoption(installation(), state_of({{"/srv/plugins", {{"a", EventPosition{}}}}}), found({"a", "b"}), {});
    CHECK_FALSE(plugin(adoption, "a").handled);
    CHECK(plugin(adoption, "a").remark == "it has handled no event yet");
    CHECK(plugin(adoption, "b").remark == "new: it has no position yet");
    CHECK_FALSE(adoption.first_id);
    CHECK_FALSE(plan_adoption(installation(), std::nullopt, found({"a"}), {}).first_id);
}

TEST_CASE("a directory that has moved: the highest position under the same name counts, as in shotgunEvents",
          "[adopt]") {
    const Adoption adoption = plan_adoption(installation(),
                                            state_of({{"/old/one", {{"a", at(50)}, {"gone", at(7)}}},
                                                      {"/old/two", {{"a", at(60, {55})}, {"b", EventPosition{}}}}}),
                                            found({"a", "b"}), {});
    CHECK(plugin(adoption, "a").handled == 60);
    CHECK(plugin(adoption, "a").missing.contains(55));
    CHECK(plugin(adoption, "a").remark == "its position was kept under /old/two");
    CHECK_FALSE(plugin(adoption, "b").handled);
}

TEST_CASE("the old form gives every plugin the one number", "[adopt]") {
    EventState state;
    state.for_all = 4711;
    const Adoption adoption = plan_adoption(installation(), state, found({"a"}, {"b"}), {});
    CHECK(plugin(adoption, "a").handled == 4711);
    CHECK(plugin(adoption, "b").handled == 4711);
    CHECK(adoption.first_id == 4712);
}

TEST_CASE("plugins without a file are left out, and do not hold the source back", "[adopt]") {
    const auto state = state_of({{"/srv/plugins", {{"a", at(100)}, {"retired", at(3)}}}});
    const Adoption adoption = plan_adoption(installation(), state, found({"a"}), {});
    CHECK(adoption.plugins.size() == 1);
    CHECK(adoption.first_id == 101);
    CHECK_THAT(reason(adoption, "retired"), Contains("event 3") && Contains("--plugin retired"));
    const Adoption asked = plan_adoption(installation(), state, found({"a"}), {"shotgrid", {"retired"}});
    REQUIRE(asked.plugins.size() == 1);
    CHECK(plugin(asked, "retired").handled == 3);
    CHECK(reason(asked, "/srv/plugins/a.py") == "not asked for");
    CHECK_THROWS_WITH(plan_adoption(installation(), state, found({"a"}), {"shotgrid", {"b"}}), Contains("--plugin b"));
}

TEST_CASE("a name counts once, and must be one that Foley can use", "[adopt]") {
    const Adoption adoption =
        plan_adoption(installation(),
                      state_of({{"/srv/plugins", {{"a", at(5)}, {"my plugin", at(6)}}}, {"/srv/more", {{"a", at(9)}}}}),
                      found({"a", "my plugin"}, {"a"}), {});
    REQUIRE(adoption.plugins.size() == 1);
    CHECK(plugin(adoption, "a").handled == 5);
    CHECK_THAT(reason(adoption, "/srv/more/a.py"), Contains("another path"));
    CHECK_THAT(reason(adoption, "my plugin"), Contains("{source: shotgrid, handled: 6}"));
}

TEST_CASE("a plugin path that is not on this machine: its plugins are those of the state", "[adopt]") {
    const Adoption adoption =
        plan_adoption(installation(), state_of({{"/srv/plugins", {{"a", at(5)}}}}), {{"/srv/plugins", false, {}}}, {});
    CHECK(plugin(adoption, "a").handled == 5);
    REQUIRE(adoption.warnings.size() == 1);
    CHECK_THAT(adoption.warnings.front(), Contains("/srv/plugins cannot be read"));
}

TEST_CASE("plugins are the files that shotgunEvents would load", "[adopt]") {
    std::string pattern = (std::filesystem::temp_directory_path() / "foley-adopt-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    const std::filesystem::path folder = pattern;
    for (const char* name : {"b.py", "a.py", ".hidden.py", "notes.txt", "c.pyc"})
        std::ofstream(folder / name).close();
    std::filesystem::create_directory(folder / "dir.py");
    const auto plugins = find_event_plugins({folder, folder / "none"});
    CHECK(plugins.at(0).readable);
    CHECK(plugins.at(0).names == std::vector<std::string>{"a", "b"});
    CHECK_FALSE(plugins.at(1).readable);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace foley::core::testing
