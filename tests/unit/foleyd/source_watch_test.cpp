#include "core/foleyd/source_watch.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using Catch::Matchers::Contains;

TEST_CASE("a source that is refused is told once, and again only after it was well", "[foleyd][source_watch]") {
    SourceWatch watch;
    SourceStatus status;
    status.name = "studio";
    const auto look = [&](SourceState state, const std::string& detail = {}) {
        status.state = state;
        status.detail = detail;
        return watch.look({status}, Timestamp{});
    };
    CHECK(look(SourceState::connecting).empty());
    CHECK(look(SourceState::waiting, "the site is away").empty());
    const auto told = look(SourceState::refused, "the key is wrong");
    REQUIRE(told.size() == 1);
    CHECK(told[0].kind == NoticeKind::source);
    CHECK(told[0].name == "studio");
    CHECK_THAT(told[0].what, Contains("the key is wrong"));
    CHECK(look(SourceState::connecting).empty());
    CHECK(look(SourceState::refused, "the key is wrong").empty());
    CHECK(look(SourceState::live).empty());
    CHECK(look(SourceState::stopped_by_journal, "no space").size() == 1);
    CHECK(look(SourceState::stopped_by_journal, "no space").empty());
}
