#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <memory>

using namespace foley;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;
enum class Mode { create, check, overwrite };

struct Handles {
    Setting<bool> flag;
    Setting<std::int64_t> count;
    Setting<double> ratio;
    Setting<std::string> name;
    Setting<Duration> poll;
    Setting<ByteSize> size;
    Setting<std::filesystem::path> path;
    Setting<Secret> key;
    Setting<std::vector<std::string>> labels;
    Setting<SettingMap> map;
    Setting<Mode> mode;
    Setting<std::string> store;
};

std::function<void(Registrar&)> declare(Handles& handles) {
    return [&handles](Registrar& registrar) {
        handles.flag = registrar.setting("flag", true, "A flag.");
        handles.count = registrar.setting("count", 5, "A count.").range(1, 9);
        handles.ratio = registrar.setting("ratio", 0.5, "A ratio.").range(0, 1);
        handles.name = registrar.setting("name", "foley", "A name.");
        handles.poll = registrar.setting("poll", 5s, "How often to ask.").range(1s, 1h);
        handles.size = registrar.setting("size", 64_MiB, "A size.").range(1_KiB, 1_GiB);
        handles.path = registrar.setting("path", std::filesystem::path("/mnt/hs"), "A path.");
        handles.key = registrar.optional<Secret>("key", "A key.");
        handles.labels = registrar.setting("labels", Texts{"yul", "lax"}, "Labels.");
        handles.map = registrar.optional<SettingMap>("map", "Anything.");
        handles.mode = registrar.choice(
            "mode", Mode::create, {{"create", Mode::create}, {"check", Mode::check}, {"overwrite", Mode::overwrite}},
            "What to do.");
        handles.store = registrar.setting("store", "xattr", "Where to.").choices({"gateway", "command", "xattr"});
    };
}

const testing::DeclaredSetting& declared(const testing::Plugin& plugin, const std::string& name) {
    for (const auto& setting : plugin.settings()) {
        if (setting.name == name) return setting;
    }
    throw std::runtime_error("no setting " + name);
}

std::string refusal(const std::function<void(Registrar&)>& body) {
    try {
        const testing::Plugin plugin(body);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("settings have their defaults when nothing is configured", "[sdk][settings]") {
    Handles handles;
    testing::Plugin plugin(declare(handles));
    REQUIRE(plugin.start().kind() == Outcome::Kind::done);
    CHECK(handles.flag.get());
    CHECK(handles.count.get() == 5);
    CHECK(handles.ratio.get() == 0.5);
    CHECK(handles.name.get() == "foley");
    CHECK(handles.poll.get() == 5s);
    CHECK(handles.size.get() == 64_MiB);
    CHECK(handles.path.get() == "/mnt/hs");
    CHECK(handles.key.get().empty());
    CHECK(handles.labels.get() == Texts{"yul", "lax"});
    CHECK(handles.map.get().json().ObjectEmpty());
    CHECK(handles.mode.get() == Mode::create);
    CHECK(handles.store.get() == "xattr");
}

TEST_CASE("settings have what is configured, in their types", "[sdk][settings]") {
    Handles handles;
    testing::Plugin plugin(declare(handles));
    plugin.set("flag", false).set("count", 9).set("ratio", 0.25).set("name", "n\"o").set("poll", 1500ms);
    plugin.set("size", 2_KiB).set("path", std::filesystem::path("/x")).set("key", Secret("hunter2"));
    plugin.set("labels", Texts{"a"}).set("map", SettingMap(R"({"a": {"b": 1}})")).set("mode", "check");
    plugin.set("store", "gateway");
    REQUIRE(plugin.start().kind() == Outcome::Kind::done);
    CHECK_FALSE(handles.flag.get());
    CHECK(handles.count.get() == 9);
    CHECK(handles.ratio.get() == 0.25);
    CHECK(handles.name.get() == "n\"o");
    CHECK(handles.poll.get() == 1500ms);
    CHECK(handles.size.get() == 2_KiB);
    CHECK(handles.path.get() == "/x");
    CHECK(handles.key.get().reveal() == "hunter2");
    CHECK(handles.labels.get() == Texts{"a"});
    CHECK(json::integer(json::find(handles.map.get().json(), "a", "b")) == 1);
    CHECK(handles.mode.get() == Mode::check);
    CHECK(handles.store.get() == "gateway");
}

TEST_CASE("the host hears of every setting's type, default, range, choices and sentence", "[sdk][settings]") {
    Handles handles;
    const testing::Plugin plugin(declare(handles));
    CHECK(plugin.settings().size() == 12);
    CHECK(declared(plugin, "flag").type == FOLEY_SETTING_BOOLEAN);
    CHECK(declared(plugin, "flag").default_value == "true");
    CHECK(declared(plugin, "count").minimum == "1");
    CHECK(declared(plugin, "count").maximum == "9");
    CHECK(declared(plugin, "ratio").type == FOLEY_SETTING_NUMBER);
    CHECK(declared(plugin, "poll").type == FOLEY_SETTING_DURATION);
    CHECK(declared(plugin, "poll").default_value == "5000000");
    CHECK(declared(plugin, "poll").maximum == "3600000000");
    CHECK(declared(plugin, "poll").description == "How often to ask.");
    CHECK(declared(plugin, "size").type == FOLEY_SETTING_SIZE);
    CHECK(declared(plugin, "size").default_value == "67108864");
    CHECK(declared(plugin, "path").type == FOLEY_SETTING_PATH);
    CHECK(declared(plugin, "key").type == FOLEY_SETTING_SECRET);
    CHECK(declared(plugin, "labels").default_value == R"(["yul","lax"])");
    CHECK(declared(plugin, "map").type == FOLEY_SETTING_MAP);
    CHECK(declared(plugin, "map").default_value == "{}");
    CHECK(declared(plugin, "mode").type == FOLEY_SETTING_CHOICE);
    CHECK(declared(plugin, "mode").choices == Texts{"create", "check", "overwrite"});
    CHECK(declared(plugin, "mode").default_value == "\"create\"");
    CHECK(declared(plugin, "store").type == FOLEY_SETTING_CHOICE);
}

TEST_CASE("a required setting that is not configured refuses the start with its sentence", "[sdk][settings]") {
    const auto body = [](Registrar& registrar) {
        static_cast<void>(registrar.required<std::filesystem::path>("mount", "Where the share is mounted."));
    };
    testing::Plugin without(body);
    CHECK(without.settings().at(0).required);
    const Outcome outcome = without.start();
    CHECK(outcome.kind() == Outcome::Kind::failed);
    CHECK(outcome.why() == "setting mount: it is required and not configured. Where the share is mounted.");
    testing::Plugin with(body);
    CHECK(with.set("mount", "/mnt/hs").start().kind() == Outcome::Kind::done);
}

TEST_CASE("a value of another type, out of range or of no choice refuses the start", "[sdk][settings]") {
    const auto start = [](const std::string& name, const auto& value) {
        Handles handles;
        testing::Plugin plugin(declare(handles));
        return plugin.set(name, value).start().why();
    };
    CHECK(start("count", "many") == "setting count: it should be a whole number, and is not: \"many\"");
    CHECK(start("flag", 1) == "setting flag: it should be true or false, and is not: 1");
    CHECK(start("count", 10) == "setting count: 10 is not between 1 and 9.");
    CHECK(start("poll", 2h) == "setting poll: 7200000000 is not between 1000000 and 3600000000 microseconds.");
    CHECK(start("mode", "delete") == "setting mode: \"delete\" is none of its choices: create, check, overwrite.");
    CHECK(start("size", -1) == "setting size: it should be a size in bytes, and is not: -1");
    CHECK(start("labels", "yul") == "setting labels: it should be a list of texts, and is not: \"yul\"");
}

TEST_CASE("a secret of the wrong type is not shown", "[sdk][settings]") {
    testing::Plugin plugin([](Registrar& r) { static_cast<void>(r.required<Secret>("key", "A key.")); });
    CHECK(plugin.set("key", 123456).start().why() == "setting key: it should be a text, and is not.");
}

TEST_CASE("a declaration that contradicts itself refuses the plugin", "[sdk][settings]") {
    using Catch::Contains;
    CHECK_THAT(refusal([](Registrar& r) { r.setting("a", 5, "").range(6, 9); }), Contains("5 is not between 6 and 9"));
    CHECK_THAT(refusal([](Registrar& r) { r.setting("a", 5, "").range(9, 6); }), Contains("ends before it begins"));
    CHECK_THAT(refusal([](Registrar& r) { r.setting("a", "x", "").choices({"y"}); }),
               Contains("none of its choices: y"));
    CHECK_THAT(refusal([](Registrar& r) { r.setting("a", "x", "").choices({}); }), Contains("no choices"));
    CHECK_THAT(refusal([](Registrar& r) {
                   r.setting("a", 1, "");
                   r.setting("a", 2, "");
               }),
               Contains("declared twice"));
    CHECK_THAT(refusal([](Registrar& r) { r.setting("a b", 1, ""); }), Contains("cannot be named"));
    CHECK_THAT(refusal([](Registrar& r) { r.setting("", 1, ""); }), Contains("cannot be named"));
}

TEST_CASE("a setting that is read too early or was never declared says so", "[sdk][settings]") {
    const Setting<std::string> never;
    CHECK_THROWS_WITH(never.get(), Catch::Contains("Declare it in FOLEY_PLUGIN"));
    Setting<std::int64_t> early;
    testing::Plugin plugin([&](Registrar& registrar) { early = registrar.setting("early", 1, ""); });
    CHECK_THROWS_WITH(early.get(), Catch::Contains("from on_start on"));
    static_cast<void>(plugin.start());
    CHECK(early.get() == 1);
    CHECK_THROWS_WITH(early.range(0, 2), Catch::Contains("belong where the setting is declared"));
}

TEST_CASE("a duration is held exactly, whatever the unit of its default", "[sdk][settings]") {
    Setting<Duration> grace;
    testing::Plugin plugin([&](Registrar& r) { grace = r.setting("grace", std::chrono::hours{1}, ""); });
    static_cast<void>(plugin.set("grace", 1ms).start());
    CHECK(grace.get() == 1ms);
}

TEST_CASE("a callback reads settings through its context, and all of them as JSON", "[sdk][settings]") {
    testing::Plugin plugin([](Registrar& registrar) {
        const auto greeting = registrar.setting("greeting", "Hello", "");
        registrar.on({}, [greeting](const Event&, Context& context) {
            context.log().info("{} {}", context.get(greeting), json::stringify(context.settings()));
        });
    });
    static_cast<void>(plugin.set("greeting", "Hi").start());
    static_cast<void>(plugin.deliver(testing::plain_event("{}")));
    CHECK(plugin.logged(R"(Hi {"greeting":"Hi"})"));
}
