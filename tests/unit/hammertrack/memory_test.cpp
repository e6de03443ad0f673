#include "hammertrack/memory.hpp"

#include "hammertrack/placements.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <string>

using namespace hammertrack;

TEST_CASE("a dry run's memory reads through and writes nothing below", "[hammertrack][memory]") {
    VolatileMemory below;
    below.put("a/1", "one");
    below.put("a/2", "two");
    below.put("b/1", "other");
    VolatileMemory above(&below);
    above.put("a/15", "between");
    above.erase("a/1");
    above.put("a/2", "changed");
    CHECK_FALSE(above.get("a/1"));
    CHECK(*above.get("b/1") == "other");
    CHECK(above.list("a/", "", 10) == Memory::Pairs{{"a/15", "between"}, {"a/2", "changed"}});
    CHECK(above.list("a/", "", 1) == Memory::Pairs{{"a/15", "between"}});
    CHECK(above.list("a/", "a/15", 10) == Memory::Pairs{{"a/2", "changed"}});
    CHECK(*below.get("a/1") == "one");
    CHECK(*below.get("a/2") == "two");
}

TEST_CASE("listing page by page gives what one map would", "[hammertrack][memory]") {
    std::mt19937 random(7);
    const auto key = [&] { return "k/" + std::to_string(random() % 60); };
    for (int round = 0; round < 50; ++round) {
        VolatileMemory below;
        VolatileMemory above(&below);
        std::map<std::string, std::string> model;
        for (int i = 0; i < 40; ++i) {
            const auto each = key();
            below.put(each, "b");
            model[each] = "b";
        }
        for (int i = 0; i < 30; ++i) {
            const auto each = key();
            if (random() % 2 == 0) {
                above.put(each, "a");
                model[each] = "a";
            } else {
                above.erase(each);
                model.erase(each);
            }
        }
        std::map<std::string, std::string> read;
        std::string after;
        while (true) {
            const auto page = above.list("k/", after, 7);
            read.insert(page.begin(), page.end());
            if (page.size() < 7) break;
            after = page.back().first;
        }
        REQUIRE(read == model);
    }
}

TEST_CASE("a placement is found by its entity, by its path and by what it is beneath", "[hammertrack][placements]") {
    VolatileMemory memory;
    Placements placements(memory);
    const Entity one{EntityKind::task, "t-1"};
    const Entity two{EntityKind::version, "v-1"};
    const auto shot = SharePath::relative("demo/sh_010");
    const auto other = SharePath::relative("demo/sh_020");
    placements.put(one, {{shot}, {"s-1", "p-1"}});
    placements.put(two, {{shot, other}, {"p-1"}});
    CHECK(placements.at(shot) == std::set<Entity>{one, two});
    CHECK(placements.at(other) == std::set<Entity>{two});
    CHECK(placements.beneath("p-1") == std::set<Entity>{one, two});
    CHECK(placements.beneath("p-").empty());
    placements.put(two, {{other}, {"p-2"}});
    CHECK(placements.at(shot) == std::set<Entity>{one});
    CHECK(placements.beneath("p-1") == std::set<Entity>{one});
    std::string after;
    CHECK(placements.next(after, 1) == std::vector<Entity>{one});
    CHECK(placements.next(after, 10) == std::vector<Entity>{two});
    placements.erase(one);
    placements.erase(two);
    CHECK(memory.list("", "", 10).empty());
}

TEST_CASE("a path of any length can be remembered", "[hammertrack][placements]") {
    VolatileMemory memory;
    Placements placements(memory);
    std::string text = "demo";
    while (text.size() < 3900)
        text += "/" + std::string(40, 'x');
    const auto path = SharePath::relative(text);
    placements.put({EntityKind::task, "t-1"}, {{path}, {}});
    CHECK(placements.at(path).size() == 1);
    for (const auto& [key, value] : memory.list("", "", 100))
        CHECK(key.size() <= 1024);
}
