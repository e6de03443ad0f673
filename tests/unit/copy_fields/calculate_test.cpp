// The built plugin at the simulated site: fields that are calculated.
#include "stage.hpp"

using namespace copy_fields_test;
using Catch::Matchers::Contains;
using sim::shotgrid::DataType;

TEST_CASE("a field is calculated when one that it reads changes", "[copy_fields][calculate]") {
    Stage stage;
    stage.start(R"("length":{"on":"Shot","calculate":"sg_cut_out - sg_cut_in + 1","to":"sg_cut_duration"})");
    const auto& shot = stage.demo.shots[0];
    CHECK(stage.change(shot, "sg_cut_out", "1048").kind() == Kind::done);
    CHECK(stage.value(shot, "sg_cut_duration") == "48");
    const auto writes = stage.writes();
    CHECK(stage.deliver(shot, "Change", "sg_cut_in").kind() == Kind::ignored);
    CHECK(stage.deliver(shot, "Change", "sg_cut_duration").kind() == Kind::ignored);
    CHECK(stage.writes() == writes);
    CHECK(stage.deliver(stage.demo.shots[1], "New").kind() == Kind::done);
    CHECK(stage.value(stage.demo.shots[1], "sg_cut_duration") == "100");
}

TEST_CASE("a calculation reads over links, and writes over them", "[copy_fields][calculate]") {
    Stage stage;
    stage.start(R"("days":{"on":"Task","calculate":"entity.Shot.sg_cut_duration / 24","to":"duration"},)"
                R"("up":{"on":"Task","calculate":"duration * 2","to":"entity.Shot.sg_rate"})");
    const auto& shot = stage.demo.shots[0];
    CHECK(stage.change(shot, "sg_cut_duration", "60").kind() == Kind::done);
    CHECK(stage.value(stage.demo.tasks[0], "duration") == "3");  // 2.5, rounded: a number is whole
    CHECK(stage.value(stage.demo.tasks[1], "duration") == "3");
    CHECK(stage.value(stage.demo.tasks[2], "duration") == "null");
    CHECK(stage.change(stage.demo.tasks[0], "duration", "7").kind() == Kind::done);
    CHECK(stage.value(shot, "sg_rate") == "14.0");
}

TEST_CASE("what is empty leaves a calculated field alone, or empties it", "[copy_fields][calculate]") {
    Stage stage;
    const bool clear = GENERATE(true, false);
    stage.start(R"("length":{"on":"Shot","calculate":"sg_cut_out - sg_cut_in","to":"sg_cut_duration","if_empty":")" +
                std::string(clear ? "clear" : "leave") + R"("})");
    const auto& shot = stage.demo.shots[0];
    CHECK(stage.change(shot, "sg_cut_out", "1005").kind() == Kind::done);
    CHECK(stage.value(shot, "sg_cut_duration") == "4");
    CHECK(stage.change(shot, "sg_cut_out", "null").kind() == (clear ? Kind::done : Kind::ignored));
    CHECK(stage.value(shot, "sg_cut_duration") == (clear ? "null" : "4"));
}

TEST_CASE("what cannot be calculated is an error in the log, and writes nothing", "[copy_fields][calculate]") {
    Stage stage;
    stage.start(R"("rate":{"on":"Shot","calculate":"sg_cut_in / sg_cut_duration","to":"sg_rate"},)"
                R"("large":{"on":"Shot","calculate":"sg_cut_out * 2000000000","to":"sg_cut_in"})");
    const auto& shot = stage.demo.shots[0];
    CHECK(stage.change(shot, "sg_cut_duration", "0").kind() == Kind::ignored);
    CHECK(stage.value(shot, "sg_rate") == "null");
    CHECK(stage.plugin.logged("rate: Shot " + std::to_string(shot.id) +
                              " is left alone: expression \"sg_cut_in / sg_cut_duration\": column 11: division by "
                              "zero."));
    CHECK(stage.change(shot, "sg_cut_out", "1100").kind() == Kind::ignored);
    CHECK(stage.plugin.logged("more than a field of the type number can hold"));
    CHECK(stage.change(shot, "sg_cut_duration", "2").kind() == Kind::done);
    CHECK(stage.value(shot, "sg_rate") == "500.5");
}

TEST_CASE("conditions, only_empty and dry runs hold for calculations", "[copy_fields][calculate]") {
    Stage stage;
    const bool dry = GENERATE(true, false);
    stage.plugin.dry_run(dry);
    stage.start(R"("length":{"on":"Shot","calculate":"sg_cut_out - sg_cut_in","to":"sg_cut_duration",)"
                R"("only_empty":true,"when":{"sg_status_list":"!na"}})");
    const auto& shot = stage.demo.shots[0];
    stage.site.change("Shot", shot.id, R"({"sg_status_list":"na"})");
    CHECK(stage.change(shot, "sg_cut_out", "1002").kind() == Kind::ignored);
    CHECK(stage.change(shot, "sg_status_list", "\"ip\"").kind() == Kind::done);
    CHECK(stage.value(shot, "sg_cut_duration") == (dry ? "null" : "1"));
    CHECK(stage.plugin.logged("would be changed") == dry);
    if (!dry) CHECK(stage.change(shot, "sg_cut_out", "1003").kind() == Kind::ignored);
}

TEST_CASE("rules that calculate in a circle are noticed", "[copy_fields][calculate]") {
    Stage stage;
    stage.start(R"("circle":{"on":"Shot","calculate":"sg_cut_duration + 1","to":"sg_cut_duration"})");
    const auto& shot = stage.demo.shots[0];
    stage.site.change("Shot", shot.id, R"({"sg_cut_duration":0})");
    for (int i = 0; i < 20; ++i)
        REQUIRE(stage.deliver(shot, "Change", "sg_cut_duration").kind() == Kind::done);
    const auto outcome = stage.deliver(shot, "Change", "sg_cut_duration");
    CHECK(outcome.kind() == Kind::failed);
    CHECK_THAT(outcome.why(), Contains("rules run in a circle"));
    CHECK(stage.value(shot, "sg_cut_duration") == "20");
}

TEST_CASE("a currency is converted by a table or by the rate that a list holds", "[copy_fields][calculate]") {
    Stage stage;
    stage.add_field("CustomEntity02", "sg_base_amount", DataType::real);
    stage.add_field("CustomEntity02", "sg_exchange_rate", DataType::list);
    stage.add_field("CustomEntity02", "sg_currency", DataType::list);
    stage.plugin.set("tables", foley::SettingMap(R"({"rate":{"USD":0.5,"EUR":1}})"));
    const bool table = GENERATE(true, false);
    stage.start(R"("amount":{"on":"CustomEntity02","to":"sg_amount","calculate":"sg_base_amount * )" +
                std::string(table ? "rate(sg_currency)" : "sg_exchange_rate") + R"("})");
    const Link cost{"CustomEntity02",
                    stage.site.create("CustomEntity02", R"({"code":"x","project":)" + link_json(stage.demo.project) +
                                                            R"(,"sg_base_amount":10.5,"sg_currency":"USD",)"
                                                            R"("sg_exchange_rate":"1.2"})")};
    CHECK(stage.deliver(cost, "New").kind() == Kind::done);
    CHECK(stage.value(cost, "sg_amount") == (table ? "5.25" : "12.6"));
    CHECK(stage.change(cost, table ? "sg_currency" : "sg_exchange_rate", "\"GBP\"").kind() == Kind::ignored);
    CHECK(stage.plugin.logged("\"GBP\""));
}

TEST_CASE("cut values follow each other in all directions without end", "[copy_fields][calculate]") {
    Stage stage;
    for (const char* name : {"sg_head_duration", "sg_tail_duration", "sg_cut_in", "sg_cut_out", "sg_cut_length"})
        stage.add_field("Version", name, DataType::number);
    // Those of the README.
    std::string rules;
    const auto add = [&](const std::string& changed, const std::string& calculate, const std::string& to) {
        rules += (rules.empty() ? "\"" : ",\"") + std::to_string(rules.size()) + R"(":{"on":"Version","changed":)" +
                 changed + R"(,"calculate":")" + calculate + R"(","to":")" + to + "\"}";
    };
    const std::string first = R"("sg_first_frame")", cut = R"(["sg_cut_in","sg_cut_out"])",
                      handles = R"(["sg_head_duration","sg_tail_duration"])";
    add(first, "sg_first_frame + frame_count - 1", "sg_last_frame");
    add(first, "sg_first_frame + or(sg_head_duration, 0)", "sg_cut_in");
    add(first, "sg_cut_in + sg_cut_length - 1", "sg_cut_out");
    add(cut, "sg_cut_out - sg_cut_in + 1", "sg_cut_length");
    add(cut, "sg_cut_in - sg_first_frame", "sg_head_duration");
    add(cut, "sg_last_frame - sg_cut_out", "sg_tail_duration");
    add(handles, "sg_cut_in - or(sg_head_duration, 0)", "sg_first_frame");
    add(handles, "sg_cut_out + or(sg_tail_duration, 0)", "sg_last_frame");
    add(handles, "sg_last_frame - sg_first_frame + 1", "frame_count");
    stage.start(rules);
    const auto& version = stage.demo.versions[0];
    const auto values = [&] {
        std::string all;
        for (const char* name : {"sg_first_frame", "sg_cut_in", "sg_cut_out", "sg_last_frame", "sg_head_duration",
                                 "sg_cut_length", "sg_tail_duration", "frame_count"})
            all += stage.value(version, name) + " ";
        return all;
    };
    // The plugin's own writes come back as events, and change nothing.
    const auto settled = [&] {
        for (const char* name : {"sg_first_frame", "sg_cut_in", "sg_cut_out", "sg_head_duration", "sg_tail_duration"})
            CHECK(stage.deliver(version, "Change", name).kind() == Kind::ignored);
    };
    stage.site.change("Version", version.id,
                      R"({"sg_cut_length":24,"sg_head_duration":8,"sg_tail_duration":8,"frame_count":40})");
    CHECK(stage.deliver(version, "New").kind() == Kind::ignored);
    CHECK(stage.change(version, "sg_first_frame", "1001").kind() == Kind::done);
    CHECK(values() == "1001 1009 1032 1040 8 24 8 40 ");
    settled();
    CHECK(stage.change(version, "sg_cut_in", "1005").kind() == Kind::done);
    CHECK(values() == "1001 1005 1032 1040 4 28 8 40 ");
    settled();
    CHECK(stage.change(version, "sg_tail_duration", "10").kind() == Kind::done);
    CHECK(values() == "1001 1005 1032 1042 4 28 10 42 ");
    settled();
    // What was given in the making has an event of its own.
    stage.site.change("Version", version.id, R"({"sg_cut_in":0})");
    CHECK(stage.deliver(version, "Change", "sg_first_frame", R"(,"in_create":true)").kind() == Kind::done);
    CHECK(stage.value(version, "sg_cut_in") == "1005");
}

TEST_CASE("timecodes are calculated in text fields", "[copy_fields][calculate]") {
    Stage stage;
    stage.add_field("Version", "sg_timecode_cut_in", DataType::text);
    stage.add_field("Version", "sg_timecode_in", DataType::text);
    stage.add_field("Version", "sg_head_duration", DataType::number);
    stage.start(R"("in":{"on":"Version","to":"sg_timecode_in",)"
                R"x("calculate":"timecode(frames(sg_timecode_cut_in, 24) - or(sg_head_duration, 0), 24)"},)x"
                // It reads what the one before it has written.
                R"x("head":{"on":"Version","changed":["sg_head_duration"],"to":"frame_count",)x"
                R"x("calculate":"frames(sg_timecode_cut_in, 24) - frames(sg_timecode_in, 24)"})x");
    const auto& version = stage.demo.versions[0];
    CHECK(stage.change(version, "sg_timecode_cut_in", "\"01:00:00:00\"").kind() == Kind::done);
    CHECK(stage.value(version, "sg_timecode_in") == "\"01:00:00:00\"");
    CHECK(stage.change(version, "sg_head_duration", "8").kind() == Kind::done);
    CHECK(stage.value(version, "sg_timecode_in") == "\"00:59:59:16\"");
    CHECK(stage.value(version, "frame_count") == "8");
    CHECK(stage.change(version, "sg_timecode_cut_in", "\"00:00:00:01\"").kind() == Kind::ignored);
    CHECK(stage.plugin.logged("-7 frames are before 00:00:00:00"));
}

TEST_CASE("calculations that make no sense refuse the start", "[copy_fields][calculate]") {
    Stage stage;
    CHECK_THAT(stage.refused(R"("a":{"on":"Shot","calculate":"sg_cut_in +","to":"sg_cut_out"},)"
                             R"("b":{"on":"Shot","calculate":"1 + 1","to":"sg_cut_out"},)"
                             R"("c":{"on":"Shot","calculate":"sg_cut_in","from":"code","to":"sg_cut_out"},)"
                             R"("d":{"on":"Shot","calculate":"sg_cut_in","if_empty":"zero","to":"sg_cut_out"},)"
                             R"("e":{"on":"Shot","from":"sg_cut_in","if_empty":"clear","to":"sg_cut_out"},)"
                             R"("f":{"on":"Shot","calculate":"sg_cut_in","changed":"a.B.c","to":"sg_cut_out"},)"
                             R"("g":{"on":"Shot","calculate":["sg_cut_in"],"to":"sg_cut_out"})"),
               Contains("rules.a: expression \"sg_cut_in +\": column 12: ") &&
                   Contains("rules.b: calculate: there is no") && Contains("rules.c: write only one of") &&
                   Contains("rules.d: if_empty: leave or clear") &&
                   Contains("rules.e: if_empty: it goes with calculate, and this rule has from") &&
                   Contains("rules.f: changed: a.B.c is a field of another entity") && Contains("rules.g: expression"));
    Stage other;
    CHECK_THAT(other.refused(R"("a":{"on":"Shot","calculate":"sg_nope + 1","to":"sg_cut_out"},)"
                             R"("b":{"on":"Shot","calculate":"sg_finaled_on + 1","to":"sg_cut_out"},)"
                             R"x("c":{"on":"Shot","calculate":"timecode(sg_cut_in, 24)","to":"sg_cut_out"},)x"
                             R"("d":{"on":"Shot","calculate":"sg_cut_in","to":"sg_sequence"},)"
                             R"("e":{"on":"Shot","calculate":"sg_cut_in","changed":"sg_none","to":"sg_cut_out"})"),
               Contains("no field sg_nope") && Contains("sg_finaled_on is of the type date_time; only numbers") &&
                   Contains("does not take the text that is calculated") &&
                   Contains("sg_sequence is of the type entity, and does not take") && Contains("no field sg_none"));
}
