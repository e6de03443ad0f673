#include "make_folders/path_template.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using make_folders::Naming;
using make_folders::PathTemplate;
using make_folders::safe_name;
using Texts = std::vector<std::string>;

namespace {

std::string render(const char* path, const char* entity, const Naming& naming = {}) {
    Texts missing;
    const auto out = PathTemplate(path).render(foley::json::parse(entity), naming, missing);
    return missing.empty() ? out : "missing " + missing.front();
}

}  // namespace

TEST_CASE("fields become the names of folders", "[make_folders][path_template]") {
    CHECK(render("{project.tank_name}/shots/{code}_v", R"({"project.Project.tank_name":"demo","code":"sh010"})") ==
          "demo/shots/sh010_v");
    CHECK(render("{code}", "{}") == "missing code");
    CHECK(render("{sg_ep.Episode.code|no_episode}/{code}", R"({"code":"a"})") == "no_episode/a");
    CHECK(render("{entity.folder}/{step|x}", "{}") == "x");
    CHECK(render(".cfg/{code}", R"({"code":"a"})") == ".cfg/a");
}

TEST_CASE("no value leaves its folder, whatever it is", "[make_folders][path_template]") {
    for (const auto* value : {"../../etc", "/etc", "..", ".", "a/../../b", "..\\\\x"}) {
        CAPTURE(value);
        const auto path = render("top/{code}", (R"({"code":")" + std::string(value) + "\"}").c_str());
        CHECK(path.find('/') == path.rfind('/'));
        CHECK(path.starts_with("top/"));
        CHECK(path != "top/..");
        CHECK(path != "top/.");
    }
    CHECK(render(".{code}", R"({"code":"."})") == "._");
    CHECK_THROWS_AS(render("{code}", ("{\"code\":\"" + std::string(256, 'x') + "\"}").c_str()), std::invalid_argument);
}

TEST_CASE("names are made safe and stay readable", "[make_folders][safe_name]") {
    CHECK(safe_name("Sh 010:A*b", {}) == "Sh_010_A_b");
    CHECK(safe_name("Sh 010", {.keep_blanks = true, .lower_case = true}) == "sh 010");
    CHECK(safe_name("M\xc3\xbcller \xe6\x98\xa0", {}) == "M\xc3\xbcller_\xe6\x98\xa0");
    CHECK(safe_name(".hidden. ", {.keep_blanks = true}) == "_hidden__");
    CHECK(safe_name("a\nb\xff\xc2\x85", {}) == "a_b__");
    CHECK(safe_name("..", {}) == "__");
}

TEST_CASE("a template that makes no sense is refused", "[make_folders][path_template]") {
    for (const char* text : {"", "/a", "a//b", "a/..", ".", "a:b", "{code}/{entity.folder}", "{sg_sequence.code}", "{a",
                             "{code|a/b}", "a/"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(PathTemplate(text), std::invalid_argument);
    }
}
