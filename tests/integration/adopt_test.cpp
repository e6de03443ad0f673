// foleyctl adopt: a sample installation of shotgunEvents becomes one of Foley, and its plugins go on where they were.
#include "integration/harness/daemon.hpp"

#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

#include <unistd.h>

using namespace foley::testing;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

constexpr int kRefused = 1, kUsage = 2;

std::string contents(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

// An installation below one folder: a configuration, two plugins, a state that Python wrote.
class Installation {
public:
    explicit Installation(const std::string& server = "https://studio.shotgrid.autodesk.com",
                          const std::string& script = "eventDaemon", const std::string& key = "s3cr3t-and-long") {
        fs::create_directories(path("plugins"));
        fs::create_directories(path("log"));
        for (const char* plugin : {"assets", "shots", "fresh"})
            write(path("plugins") / (std::string(plugin) + ".py"), "def registerCallbacks(reg):\n    pass\n");
        write(conf(), "[daemon]\npidFile: " + path("log/daemon.pid").string() + "\neventIdFile: " +
                          path("log/daemon.id").string() + "\nlogMode: 0\nlogPath: " + path("log").string() +
                          "\nlogFile: daemon\nlogging: 10\nconn_retry_sleep: 60\nmax_conn_retries: 5\n"
                          "fetch_interval: 5\n[shotgun]\nserver: " +
                          server + "\nname: " + script + "\nkey: " + key +
                          "\nuse_session_uuid: True\n[plugins]\npaths: " + path("plugins").string() +
                          "\n[emails]\nenabled: True\nserver: smtp.example.com\nfrom: a@example.com\n"
                          "to: b@example.com\nsubject: [SG]\n");
        save_state("{'" + path("plugins").string() +
                   "': {'assets': (5, {2: datetime(2026, 11, 21), 4: datetime(2026, 11, 21)}), 'shots': (7, {}), "
                   "'retired': (1, {})}}");
    }

    fs::path path(const std::string& name) const { return directory_.path() / name; }
    fs::path conf() const { return path("shotGunEventDaemon.conf"); }
    static void write(const fs::path& file, const std::string& text) {
        std::ofstream(file, std::ios::binary) << text;
        fs::permissions(file, fs::perms(0600));
    }
    void save_state(const std::string& value, int protocol = 5) const {
        const Run made =
            run("/usr/bin/python3",
                {"-c", "import pickle, sys\nfrom datetime import datetime\npickle.dump(" + value + ", open('" +
                           path("log/daemon.id").string() + "', 'wb'), " + std::to_string(protocol) + ")"});
        INFO(made.told());
        REQUIRE(made.exit_code() == 0);
    }
    Run adopt(std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"adopt", "shotgunevents", conf().string(), "--to", path("foley.yaml").string()});
        return run(program("foleyctl"), more);
    }

private:
    TemporaryDirectory directory_;
};

void replace(std::string& text, const std::string& from, const std::string& to, const std::string& with) {
    const auto begin = text.find(from);
    const auto end = text.find(to, begin);
    REQUIRE(begin != std::string::npos);
    REQUIRE(end != std::string::npos);
    text.replace(begin, end - begin, with);
}

}  // namespace

TEST_CASE("a dry run says what would be, writes nothing, and shows no secret", "[integration][adopt]") {
    const Installation installation;
    const Run said = installation.adopt();
    INFO(said.told());
    CHECK(said.exit_code() == 0);
    CHECK_THAT(said.output, Contains("assets") && Contains("2: 2 4") && Contains("begins at event 2"));
    CHECK_THAT(said.output, Contains("retired") && Contains("--plugin retired") && Contains("nothing was written"));
    CHECK_THAT(said.output + said.errors, !Contains("s3cr3t"));
    CHECK_FALSE(fs::exists(installation.path("foley.yaml")));
    CHECK_FALSE(fs::exists(installation.path("secrets")));

    const Run as_json = installation.adopt({"--json"});
    const auto json = foley::json::parse(as_json.output);
    CHECK_FALSE(foley::json::is_true(json["written"]));
    CHECK(foley::json::integer(json["first_id"]) == 2);
    CHECK(json["plugins"].Size() == 3);
    CHECK(foley::json::integer(foley::json::find(json, "plugins", 0, "missing", 1, 0)) == 4);
    CHECK_THAT(as_json.output, !Contains("s3cr3t"));
}

TEST_CASE("what adopt writes is a configuration that foleyd takes", "[integration][adopt]") {
    const Installation installation;
    const fs::path yaml = installation.path("foley.yaml"), secret = installation.path("secrets/shotgrid-key");
    for (int protocol = 0; protocol <= 5; ++protocol) {
        installation.save_state("{'/moved': {'assets': (5, {2: datetime(2026, 11, 21)}), 'shots': (7, {})}}", protocol);
        const Run written = installation.adopt(protocol == 0 ? std::vector<std::string>{"--write"}
                                                             : std::vector<std::string>{"--write", "--force"});
        INFO(written.told());
        REQUIRE(written.exit_code() == 0);
        const Run checked = run(program("foleyd"), {"--config", yaml.string(), "--check"});
        INFO(checked.told());
        CHECK(checked.exit_code() == 0);
        CHECK_THAT(checked.output,
                   Contains("its position waits for it: behind shotgrid 5, handled elsewhere but for 1"));
        CHECK_THAT(checked.output, Contains("behind shotgrid 7, handled elsewhere") && !Contains("warning"));
    }
    CHECK(contents(secret) == "s3cr3t-and-long\n");
    CHECK((fs::status(secret).permissions() & fs::perms::all) == fs::perms(0600));
    CHECK_THAT(contents(yaml), !Contains("s3cr3t"));
}

TEST_CASE("what is there is not overwritten, and a daemon that runs is not left behind", "[integration][adopt]") {
    const Installation installation;
    const fs::path yaml = installation.path("foley.yaml");
    Installation::write(yaml, "mine\n");
    const Run refused = installation.adopt({"--write"});
    CHECK(refused.exit_code() == kRefused);
    CHECK_THAT(refused.errors, Contains(yaml.string()) && Contains("--force"));
    CHECK(contents(yaml) == "mine\n");
    CHECK_FALSE(fs::exists(installation.path("secrets")));
    fs::remove(yaml);
    Installation::write(installation.path("log/daemon.pid"), std::to_string(::getpid()) + "\n");
    const Run running = installation.adopt({"--write"});
    CHECK(running.exit_code() == kRefused);
    CHECK_THAT(running.errors, Contains("seems to run"));
    CHECK_FALSE(fs::exists(yaml));
    CHECK(installation.adopt({"--write", "--force"}).exit_code() == 0);
    CHECK(fs::exists(yaml));
}

TEST_CASE("a state file that is none is refused with what to do", "[integration][adopt]") {
    const Installation installation;
    const fs::path proof = installation.path("proof");
    Installation::write(installation.path("log/daemon.id"), "cos\nsystem\n(S'touch " + proof.string() + "'\ntR.");
    const Run refused = installation.adopt({"--write"});
    INFO(refused.told());
    CHECK(refused.exit_code() == kRefused);
    CHECK_THAT(refused.errors, Contains("os.system") && Contains("--without-positions"));
    CHECK_FALSE(fs::exists(proof));
    CHECK_FALSE(fs::exists(installation.path("foley.yaml")));
    Installation::write(installation.path("log/daemon.id"), "");
    CHECK_THAT(installation.adopt().errors, Contains("empty"));
    CHECK(installation.adopt({"--without-positions"}).exit_code() == 0);
}

TEST_CASE("an installation is taken over whole: its site, its source and the place of each plugin",
          "[integration][adopt]") {
    foley::sim::SimShotgrid site;
    std::vector<std::string> ids;  // of the events, in order
    const auto commit = [&](int count) {
        for (int i = 0; i < count; ++i)
            ids.push_back(std::to_string(site.add_event(R"({"event_type":"Shotgun_Task_Change"})")));
    };
    commit(4);
    const auto late = site.reserve(1);
    commit(6);
    const Installation installation(site.url(), site.options().script, site.options().key);
    // assets had handled all up to the eighth, but for the second and one that was not there yet; shots up to the
    // ninth.
    installation.save_state("{'" + installation.path("plugins").string() + "': {'assets': (" + ids[7] + ", {" + ids[1] +
                            ": datetime(2026, 11, 21), " + std::to_string(late) +
                            ": datetime(2026, 11, 21)}), 'shots': (" + ids[8] + ", {})}}");
    REQUIRE(installation.adopt({"--write"}).exit_code() == 0);

    Daemon daemon;
    std::string yaml = contents(installation.path("foley.yaml"));
    replace(yaml, "state_dir:", "\n", "state_dir: " + daemon.state_directory().string() + "\nsettle: 20ms\nrescan: 1s");
    replace(yaml, "  socket:", "\n", "  socket: " + daemon.socket().string());
    replace(yaml, "    poll: 1s", "\n", "    poll: 50ms");
    replace(yaml, "    poll_idle: 5s", "\n", "    poll_idle: 100ms");
    replace(yaml, "{file: secrets", "\n", "{file: " + installation.path("secrets/shotgrid-key").string() + "}");
    for (const char* plugin : {"assets", "shots"}) {
        const std::string line = "  " + std::string(plugin) + ":\n";
        yaml.insert(yaml.find(line) + line.size(), "    settings: {file: " + daemon.lines(plugin).string() + "}\n");
    }
    daemon.configure_text(yaml);
    daemon.start();
    daemon.await("the source to follow", [&] { return daemon.source("shotgrid").state == "live"; });
    // What was a Python file becomes a library, in the directory of before.
    for (const char* plugin : {"assets", "shots"})
        fs::copy_file(test_plugin("recorder"), installation.path("plugins") / (std::string(plugin) + ".so"));
    const auto handled = [&](const char* plugin) { return daemon.handled(plugin).ids(); };
    daemon.await("assets to catch up", [&] { return handled("assets") == std::vector{ids[1], ids[8], ids[9]}; });
    daemon.await("shots to catch up", [&] { return handled("shots") == std::vector{ids[9]}; });
    REQUIRE(site.commit(late, R"({"event_type":"Shotgun_Task_Change"})"));
    commit(1);
    daemon.await("both to go on", [&] { return handled("assets").size() >= 5 && handled("shots").size() >= 2; });
    CHECK(handled("shots") == std::vector{ids[9], ids[10]});
    // The late one may come before or after the newest.
    std::vector<std::string> assets = handled("assets"), wanted{ids[1], ids[8], ids[9], ids[10], std::to_string(late)};
    std::sort(assets.begin(), assets.end());
    std::sort(wanted.begin(), wanted.end());
    CHECK(assets == wanted);
    CHECK(daemon.stop().exit_code() == 0);
}

TEST_CASE("adopted plugins are built later, and go on where they were", "[integration][adopt]") {
    const Installation installation;
    REQUIRE(installation.adopt({"--write", "--name", "lines"}).exit_code() == 0);
    // The same configuration with a file for the site, and in the test's own folders.
    std::string yaml = contents(installation.path("foley.yaml"));
    Daemon daemon;
    replace(yaml, "state_dir:", "plugins:\n",
            "state_dir: " + daemon.state_directory().string() + "\nsettle: 20ms\nrescan: 1s\n" + "control: {socket: " +
                daemon.socket().string() + "}\nsources:\n  lines: {kind: file, path: " + daemon.events_file().string() +
                ", start: beginning}\nplugin_directories: [plugins]\n");
    for (const char* plugin : {"assets", "shots"}) {
        const std::string line = "  " + std::string(plugin) + ":\n";
        yaml.insert(yaml.find(line) + line.size(), "    settings: {file: " + daemon.lines(plugin).string() + "}\n");
    }
    daemon.configure_text(yaml);
    daemon.start();
    daemon.await("the places to be taken", [&] { return daemon.plugin("assets").state == "absent"; });
    daemon.emit_many(3);
    daemon.await_appended();
    daemon.install_recorder("assets");
    daemon.await("what was missing to be handled", [&] { return daemon.handled("assets").ids().size() == 1; });
    daemon.await_caught_up("assets");  // or it is still in its callback, and comes again
    daemon.kill();
    daemon.start();
    daemon.emit_many(6);
    daemon.await_caught_up("assets");
    CHECK(daemon.handled("assets").ids() == std::vector<std::string>{"2", "4", "6", "7", "8", "9"});
    daemon.install_recorder("shots");
    daemon.await_caught_up("shots");
    CHECK(daemon.handled("shots").ids() == std::vector<std::string>{"8", "9"});
    // By hand, with the same numbers, as for a plugin that comes over later.
    CHECK(daemon.foleyctl({"seek", "shots", "--source", "lines", "--handled", "5", "--missing", "1", "3-4"})
              .exit_code() == 0);
    daemon.await_caught_up("shots");
    CHECK(daemon.handled("shots").ids() == std::vector<std::string>{"8", "9", "1", "3", "4", "6", "7", "8", "9"});
    CHECK(daemon.foleyctl({"seek", "shots", "--source", "lines", "--missing", "1"}).exit_code() == kUsage);
    CHECK(daemon.stop().exit_code() == 0);
}
