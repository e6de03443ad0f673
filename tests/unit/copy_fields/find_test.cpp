// The built plugin at the simulated site: links to what a search finds.
#include "stage.hpp"

using namespace copy_fields_test;
using Catch::Matchers::Contains;

namespace {

const char* const kSequence = R"("sequence":{"on":"Shot","find":"Sequence","pattern":{"code":"^([a-z]{2}[0-9]{3})_"},)"
                              R"("where":{"code":"{code:1}"},"to":"sg_sequence")";

Link make(Stage& stage, const std::string& type, const std::string& fields) {
    return {type, stage.site.create(type, R"({"project":)" + link_json(stage.demo.project) + "," + fields + "}")};
}

}  // namespace

TEST_CASE("a shot is linked to the sequence that its code names", "[copy_fields][find]") {
    Stage stage;
    stage.start(std::string(kSequence) + "}");
    const auto shot = make(stage, "Shot", R"("code":"sq020_sh500")");
    CHECK(stage.deliver(shot, "New").kind() == Kind::done);
    CHECK_THAT(stage.value(shot, "sg_sequence"), Contains("\"id\":" + std::to_string(stage.demo.sequences[1].id)));
    CHECK_THAT(stage.value(shot, "sg_sequence"), Contains("\"sq020\""));
    // What is there is kept.
    CHECK(stage.change(shot, "code", "\"sq010_sh500\"").kind() == Kind::ignored);
    CHECK_THAT(stage.value(shot, "sg_sequence"), Contains("\"sq020\""));
    const auto writes = stage.writes();
    CHECK(stage.deliver(make(stage, "Shot", R"("code":"other")"), "New").kind() == Kind::ignored);
    CHECK(stage.deliver(make(stage, "Shot", R"("code":"sq999_sh010")"), "New").kind() == Kind::ignored);
    CHECK(stage.plugin.logged("sequence: there is no Sequence for Shot"));
    CHECK(stage.writes() == writes);
}

TEST_CASE("a search stays in the entity's own project, unless it is told otherwise", "[copy_fields][find]") {
    Stage stage;
    const bool any = GENERATE(true, false);
    const Link other{"Project", stage.site.create("Project", R"({"name":"Other"})")};
    stage.site.create("Sequence", R"({"code":"sq777","project":)" + link_json(other) + "}");
    stage.start(std::string(kSequence) + (any ? R"(,"any_project":true})" : "}"));
    const auto shot = make(stage, "Shot", R"("code":"sq777_sh010")");
    CHECK(stage.deliver(shot, "New").kind() == (any ? Kind::done : Kind::ignored));
    CHECK((stage.value(shot, "sg_sequence") == "null") == !any);
}

TEST_CASE("of several the field is left alone with a warning, or gets the first", "[copy_fields][find]") {
    Stage stage;
    const auto twin = make(stage, "Sequence", R"("code":"sq020")");
    const std::string first_by = GENERATE("", "id", "-id");
    stage.start(std::string(kSequence) + (first_by.empty() ? "}" : R"(,"first_by":")" + first_by + R"("})"));
    const auto shot = make(stage, "Shot", R"("code":"sq020_sh500")");
    CHECK(stage.deliver(shot, "New").kind() == (first_by.empty() ? Kind::ignored : Kind::done));
    CHECK(stage.plugin.logged("there is more than one Sequence for Shot") == first_by.empty());
    const auto found = stage.value(shot, "sg_sequence");
    if (first_by.empty()) CHECK(found == "null");
    if (first_by == "id") CHECK_THAT(found, Contains("\"id\":" + std::to_string(stage.demo.sequences[1].id)));
    if (first_by == "-id") CHECK_THAT(found, Contains("\"id\":" + std::to_string(twin.id)));
}

TEST_CASE("when none is found the link is left alone, or emptied", "[copy_fields][find]") {
    Stage stage;
    const bool clear = GENERATE(true, false);
    stage.start(std::string(kSequence) + R"(,"only_empty":false)" + (clear ? R"(,"if_none":"clear"})" : "}"));
    const auto shot =
        make(stage, "Shot", R"("code":"sq020_sh500","sg_sequence":)" + link_json(stage.demo.sequences[1]));
    CHECK(stage.change(shot, "code", "\"unlike\"").kind() == (clear ? Kind::done : Kind::ignored));
    CHECK((stage.value(shot, "sg_sequence") == "null") == clear);
    CHECK(stage.change(shot, "code", "\"sq010_x\"").kind() == Kind::done);
    CHECK_THAT(stage.value(shot, "sg_sequence"), Contains("\"sq010\""));
}

TEST_CASE("a version is linked to its artist's task, whichever of them comes last", "[copy_fields][find]") {
    Stage stage;
    stage.start(R"("task":{"on":"Version","find":"Task","to":"sg_task","where":{"entity":"{entity}",)"
                R"("task_assignees":"{user}","step.Step.short_name":"ART","sg_status_list":["!na","!omt"]}})");
    const Link art{"Step", stage.site.create("Step", R"({"code":"Art","short_name":"ART"})")};
    const auto& shot = stage.demo.shots[0];
    const auto& anim = stage.demo.tasks[0];
    const auto version = make(stage, "Version", R"("code":"v1","entity":)" + link_json(shot));
    CHECK(stage.deliver(version, "New").kind() == Kind::ignored);
    CHECK(stage.change(version, "user", link_json(stage.demo.ann)).kind() == Kind::ignored);
    // The task becomes one that is looked for.
    CHECK(stage.change(anim, "step", link_json(art)).kind() == Kind::done);
    CHECK_THAT(stage.value(version, "sg_task"), Contains("\"id\":" + std::to_string(anim.id)));
    CHECK(stage.deliver(anim, "Change", "step").kind() == Kind::ignored);
    // And the version becomes one that looks for it.
    const auto second = make(stage, "Version", R"("code":"v2","entity":)" + link_json(shot));
    CHECK(stage.change(second, "user", link_json(stage.demo.ann)).kind() == Kind::done);
    CHECK_THAT(stage.value(second, "sg_task"), Contains("\"id\":" + std::to_string(anim.id)));
    // Someone else's task is none of it.
    const auto third = make(stage, "Version",
                            R"("code":"v3","entity":)" + link_json(shot) + R"(,"user":)" + link_json(stage.demo.jane));
    CHECK(stage.deliver(anim, "Change", "task_assignees").kind() == Kind::ignored);
    CHECK(stage.change(anim, "task_assignees", "[" + link_json(stage.demo.jane) + "]").kind() == Kind::done);
    CHECK_THAT(stage.value(third, "sg_task"), Contains("\"id\":" + std::to_string(anim.id)));
    CHECK(stage.change(anim, "sg_status_list", "\"na\"").kind() == Kind::ignored);
}

TEST_CASE("conditions, dry runs and the circle's end hold for searches", "[copy_fields][find]") {
    Stage stage;
    const bool dry = GENERATE(true, false);
    stage.plugin.dry_run(dry);
    stage.start(std::string(kSequence) + R"(,"only_empty":false,"when":{"sg_status_list":"!na"}})");
    const auto shot = make(stage, "Shot", R"("code":"sq020_sh500","sg_status_list":"na")");
    CHECK(stage.deliver(shot, "New").kind() == Kind::ignored);
    CHECK(stage.change(shot, "sg_status_list", "\"ip\"").kind() == Kind::done);
    CHECK((stage.value(shot, "sg_sequence") == "null") == dry);
    CHECK(stage.plugin.logged("would be changed") == dry);
    for (int i = 0; i < 19; ++i) {
        stage.site.change("Shot", shot.id, R"({"sg_sequence":null})");
        REQUIRE(stage.deliver(shot, "Change", "code").kind() == Kind::done);
    }
    stage.site.change("Shot", shot.id, R"({"sg_sequence":null})");
    CHECK_THAT(stage.deliver(shot, "Change", "code").why(), Contains("rules run in a circle"));
}

TEST_CASE("texts from the site are data in a search, and no syntax", "[copy_fields][find]") {
    Stage stage;
    stage.start(R"("sequence":{"on":"Shot","find":"Sequence","where":{"code":"{description}"},"to":"sg_sequence"},)"
                R"("odd":{"on":"Shot","find":"Sequence","pattern":{"description":"(a+)+$"},)"
                R"("where":{"code":"x{description:1}"},"to":"sg_sequence"})");
    const std::string text = GENERATE(as<std::string>(), R"(\",{}[]!*%)", "!sq010", "{code}", std::string(2000, 'a'),
                                      std::string(900, 'a') + "b");
    const auto shot = make(stage, "Shot", R"("code":"s1")");
    CHECK(stage.change(shot, "description", "\"" + text + "\"").kind() == Kind::ignored);
    CHECK(stage.value(shot, "sg_sequence") == "null");
    CHECK(stage.change(shot, "description", "\"sq010\"").kind() == Kind::done);
}

TEST_CASE("each type of field is compared in its own way", "[copy_fields][find]") {
    Stage stage;
    const auto [where, matches] = GENERATE(table<std::string, bool>({
        {R"("sg_cut_in":"{sg_cut_out}")", true},
        {R"("sg_cut_in":"{description}")", false},  // no number
        {R"("sg_cut_in":1100)", true},
        {R"("sg_cut_in":"1100.0")", true},
        {R"("sg_cut_in":"!1100")", false},
        {R"("sg_sequence":"sq020")", true},  // by name
        {R"("sg_sequence":["sq010","sq020"])", true},
        {R"("sg_sequence":"")", false},
        {R"("sg_sequence":"!")", true},
        {R"("sg_sequence":"{sg_sequence}")", false},  // that is none
        {R"("project":"Demo","description":"{description}")", true},
        {R"("project":"{project}","description":"{project}")", false},
        {R"("code":["nothing","{description|x}_{sg_cut_out}"])", true},
        {R"("description":["!{description}","!x"])", false},
        {R"("sg_finaled_on":"{sg_finaled_on}","code":"dry_1100")", true},
        {R"("tasks":"{tasks}","code":"dry_1100")", true},
        {R"("sg_sequence.Sequence.code":"!sq010","code":"{description}_1100")", true},
    }));
    CAPTURE(where);
    stage.add_field("Shot", "sg_twin", sim::shotgrid::DataType::entity);
    stage.start(R"("twin":{"on":"Shot","find":"Shot","where":{)" + where + R"(},"to":"sg_twin","first_by":"-id"})");
    const std::string same = R"("description":"dry","sg_finaled_on":"2026-03-31T15:26:16Z","tasks":[)" +
                             link_json(stage.demo.tasks[0]) + "," + link_json(stage.demo.tasks[1]) + "]";
    const auto other =
        make(stage, "Shot",
             R"("code":"dry_1100","sg_cut_in":1100,"sg_sequence":)" + link_json(stage.demo.sequences[1]) + "," + same);
    const auto shot = make(stage, "Shot", R"("code":"seeker","sg_cut_in":1,"sg_cut_out":1100,)" + same);
    static_cast<void>(stage.deliver(shot, "New"));
    const auto found = stage.value(shot, "sg_twin").find("\"id\":" + std::to_string(other.id)) != std::string::npos;
    CHECK(found == matches);
}

TEST_CASE("no pattern is too much for the plugin", "[copy_fields][find]") {
    const std::string pattern =
        GENERATE(as<std::string>(), std::string(501, 'a'), "((a{1000}){1000}){1000}", "(a)\\\\1", "[b-a]", "*", "");
    Stage stage;
    CHECK_THAT(stage.refused(R"("a":{"on":"Shot","find":"Sequence","pattern":{"code":")" + pattern +
                             R"("},"where":{"code":"{code:0}"},"to":"sg_sequence"})"),
               Contains("rules.a: pattern.code: "));
    Stage other;
    // Deep, but a pattern.
    other.start(R"("a":{"on":"Shot","find":"Sequence","pattern":{"code":")" + std::string(200, '(') + "s" +
                std::string(200, ')') + R"("},"where":{"code":"{code:0}"},"to":"sg_sequence"})");
    CHECK(other.deliver(other.demo.shots[0], "New").kind() == Kind::ignored);
}

TEST_CASE("searches that make no sense refuse the start", "[copy_fields][find]") {
    Stage stage;
    CHECK_THAT(
        stage.refused(R"("a":{"on":"Shot","find":"Sequence","to":"sg_sequence"},)"
                      R"("b":{"on":"Shot","find":"Sequence","where":{"code":"{code:1}"},"to":"sg_sequence"},)"
                      R"("c":{"on":"Shot","find":"Sequence","pattern":{"code":"(a"},"where":{"code":"x"},"to":"x"},)"
                      R"x("d":{"on":"Shot","find":"Sequence","pattern":{"code":"(a)"},"where":{"code":"{code:2}"},)x"
                      R"("to":"x"},)"
                      R"("e":{"on":"Shot","find":"Sequence","where":{"code":"{code"},"to":"x"},)"
                      R"("f":{"on":"Shot","find":"Sequence","where":{"code":{}},"to":"x"},)"
                      R"("g":{"on":"Shot","find":"Sequence","where":{"code":"x"},"if_none":"x","to":"x"},)"
                      R"("h":{"on":"Shot","from":"code","where":{"code":"x"},"to":"x"})"),
        Contains("rules.a: where: write") && Contains("rules.b: where.code: {code:1}: there is no pattern") &&
            Contains("rules.c: pattern.code: \"(a\" is no regular") &&
            Contains("rules.d: where.code: {code:2}: the pattern") && Contains("rules.e: where.code: ") &&
            Contains("rules.f: where.code: a value, or") && Contains("rules.g: if_none: leave or clear") &&
            Contains("rules.h: where: it goes with find, and this rule has from"));
    Stage other;
    CHECK_THAT(
        other.refused(R"("a":{"on":"Shot","find":"Nothing","where":{"code":"x"},"to":"sg_sequence"},)"
                      R"("b":{"on":"Shot","find":"Sequence","where":{"nope":"x"},"to":"sg_sequence"},)"
                      R"("c":{"on":"Shot","find":"Sequence","where":{"code":"x"},"to":"code"},)"
                      R"("d":{"on":"Shot","find":"Sequence","where":{"code":"x"},"first_by":"nix","to":"sg_sequence"},)"
                      R"("e":{"on":"Shot","find":"Sequence","where":{"project":"!Demo"},"to":"sg_sequence"},)"
                      R"("g":{"on":"Shot","find":"Sequence","where":{"code":"{nope}"},"to":"sg_sequence"})"),
        Contains("no entity type Nothing") && Contains("Sequence has no field nope") &&
            Contains("only a link takes what") && Contains("has no field nix") &&
            Contains("cannot be ruled out by a name") && Contains("Shot has no field nope"));
}
