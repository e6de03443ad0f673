#include "hammertrack/entity_paths.hpp"

#include <catch2/catch.hpp>

using namespace hammertrack;

namespace {

std::vector<std::string> texts(const Paths& paths) {
    std::vector<std::string> result;
    for (const auto& path : paths.found)
        result.push_back(path.text());
    return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a task's labels go to the folder of its shot, or to its own", "[hammertrack][entity_paths]") {
    const std::vector<std::string> between{"Sequence A", "SH 010", "Comp"};
    CHECK(texts(task_paths("demo", between, TaskPath::parent)) == Texts{"demo/sequence_a/sh_010"});
    CHECK(texts(task_paths("demo", between, TaskPath::task)) == Texts{"demo/sequence_a/sh_010/comp"});
    CHECK(texts(task_paths("demo", {"Comp"}, TaskPath::parent)) == Texts{"demo"});
    CHECK(task_paths("demo", {}, TaskPath::parent).refused.size() == 1);
    CHECK(task_paths("日本", {"Comp"}, TaskPath::parent).refused.size() == 1);
    CHECK(task_paths("demo", {"..", "Comp"}, TaskPath::parent).refused.size() == 1);
}

TEST_CASE("a version's components are labelled where they lie", "[hammertrack][entity_paths]") {
    const auto paths = component_paths("/mnt/hs", {{"c-1", "", "demo/v001/main.exr"},
                                                   {"c-2", "", "demo/v001/plate.%04d.exr"},
                                                   {"c-3", "", "/mnt/hs/demo/v001/more.%d.exr"},
                                                   {"c-4", "c-5", "demo/v001/box/in.exr"},
                                                   {"c-5", "", "demo/v001/box"},
                                                   {"c-6", "elsewhere", "demo/v001/alone.exr"}});
    CHECK(texts(paths) == Texts{"demo/v001/main.exr", "demo/v001", "demo/v001/box", "demo/v001/alone.exr"});
    CHECK(paths.refused.empty());
}

TEST_CASE("a sequence in no folder would label the share itself and is refused", "[hammertrack][entity_paths]") {
    CHECK(component_paths("/mnt/hs", {{"c-1", "", "main.%04d.exr"}, {"c-2", "", "/mnt/hs"}, {"c-3", "", "/mnt/hs2/x"}})
              .refused.size() == 3);
}
