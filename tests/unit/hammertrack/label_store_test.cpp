// One suite for all label stores, and what is particular to each.
#include "hammertrack/command_store.hpp"
#include "hammertrack/errors.hpp"
#include "hammertrack/gateway_store.hpp"
#include "hammertrack/xattr_store.hpp"
#include "share_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace hammertrack;
using namespace hammertrack_test;
using foley::sites::ShareFault;

namespace {

constexpr std::chrono::seconds kLong{20};
const LabelMenu kMenu(kOptions);
const Label kYul = *kMenu.find("yul");
const Label kLax = *kMenu.find("lax");

// The stand-in for `hs`, in one of its variants.
class Program {
public:
    explicit Program(const std::string& variant = "none") {
        const std::string text = "#!/bin/sh\nexec " HAMMERTRACK_STAND_IN_HS " --variant " + variant + " --record " +
                                 (folder_.path() / "calls").string() + " \"$@\"\n";
        std::ofstream(path()) << text;
        ::chmod(path().c_str(), 0755);
    }
    std::string path() const { return (folder_.path() / "hs").string(); }
    std::vector<std::string> calls() const {
        std::ifstream file(folder_.path() / "calls");
        std::vector<std::string> result;
        for (std::string line; std::getline(file, line);)
            result.push_back(line);
        return result;
    }

private:
    Folder folder_;
};

// What this thread does to files, it does as somebody who owns none, when it could do all as root.
class Unprivileged {
public:
    Unprivileged() noexcept { ::setfsuid(65534); }
    ~Unprivileged() { ::setfsuid(::geteuid()); }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;
};

std::size_t gateway_files_in(const std::filesystem::path& folder) {
    std::size_t count = 0;
    for (const auto& each : std::filesystem::recursive_directory_iterator(folder)) {
        if (each.path().filename().string().find(".fs_command_gateway") == 0) ++count;
    }
    return count;
}

void check_store(LabelStore& store, const std::string& root) {
    const ShareRoot share(root);
    CHECK(store.prove(share, kYul).empty());
    for (const std::string path : {"demo/sh_010", "demo/sh_010/main.exr"}) {
        CAPTURE(path);
        const auto entry = share.find(SharePath::relative(path));
        CHECK_FALSE(store.has(*entry, kYul).present);
        store.add(*entry, kYul);
        store.add(*entry, kYul);  // again is no error
        CHECK(store.has(*entry, kYul).present);
        CHECK_FALSE(store.has(*entry, kLax).present);
        store.add(*entry, kLax);
        store.remove(*entry, kYul);
        store.remove(*entry, kYul);
        CHECK_FALSE(store.has(*entry, kYul).present);
        CHECK(store.has(*entry, kLax).present);
        store.remove(*entry, kLax);
    }
    // A label on a folder is not one of what is in it.
    store.add(*share.find(SharePath::relative("demo")), kYul);
    CHECK_FALSE(store.has(*share.find(SharePath::relative("demo/sh_010")), kYul).present);
}

}  // namespace

TEST_CASE("the xattr store keeps labels as the stores promise", "[hammertrack][label_store][xattr]") {
    const Folder folder;
    make_demo_tree(folder.path());
    XattrStore store("user.foley.label.");
    check_store(store, folder.path().string());
}

TEST_CASE("the gateway store keeps labels as the stores promise", "[hammertrack][label_store][gateway]") {
    if (!can_mount()) return;
    SimulatedShare share;
    GatewayStore store;
    check_store(store, share.root());
    CHECK(share.model().labels("demo") == std::set<std::string>{"yul"});
    CHECK(gateway_files_in(share.backing()) == 0);
}

TEST_CASE("the command store keeps labels as the stores promise", "[hammertrack][label_store][command]") {
    if (!can_mount()) return;
    SimulatedShare share;
    const Program hs;
    CommandStore store(hs.path(), kLong);
    check_store(store, share.root());
    CHECK(share.model().labels("demo") == std::set<std::string>{"yul"});
    const auto calls = hs.calls();
    REQUIRE(calls.size() > 3);
    CHECK(calls[0] == "label has -- yul . ");
    CHECK(calls[1] == "label has --local -- yul . ");
    CHECK(calls[2] == "label add -- yul . ");
    CHECK(std::count(calls.begin(), calls.end(), "label delete --force -- yul ./main.exr ") == 2);
}

TEST_CASE("an ordinary folder is found out to be no share, and nothing is left lying there",
          "[hammertrack][label_store]") {
    const Folder folder;
    make_demo_tree(folder.path());
    const ShareRoot root(folder.path().string());
    const auto entry = root.find(SharePath::relative("demo/sh_010"));
    const auto check = [&](LabelStore& store) {
        CHECK_THROWS_AS(store.prove(root, kYul), ShareAway);
        CHECK_THROWS_WITH(store.add(*entry, kYul), Catch::Contains("no Hammerspace share"));
        CHECK_THROWS_AS(store.remove(*entry, kYul), ShareAway);
        CHECK_THROWS_AS(store.has(*entry, kYul), ShareAway);
        CHECK(gateway_files_in(folder.path()) == 0);
    };
    SECTION("gateway") {
        GatewayStore store;
        check(store);
    }
    SECTION("command") {
        const Program hs;
        CommandStore store(hs.path(), kLong);
        check(store);
    }
}

TEST_CASE("what the share says instead of doing it is an error with its words", "[hammertrack][label_store]") {
    if (!can_mount()) return;
    SimulatedShare share;
    const Program hs;
    GatewayStore gateway;
    CommandStore command(hs.path(), kLong);
    const ShareRoot root(share.root());
    const auto entry = root.find(SharePath::relative("demo/sh_010"));
    share.model().remove_label("lax");
    const bool native = GENERATE(true, false);
    LabelStore* const store = native ? static_cast<LabelStore*>(&gateway) : &command;

    CHECK_THROWS_WITH(store->add(*entry, kLax), Catch::Contains("label 'lax' is not defined"));
    CHECK_THROWS_AS(store->add(*entry, kLax), Rejected);
    CHECK(store->has(*entry, kLax).complaint == "Error: label 'lax' is not defined");
    share.faults().set(ShareFault::error);
    CHECK_THROWS_AS(store->add(*entry, kYul), Rejected);
    share.faults().set(ShareFault::not_utf8);
    CHECK_THROWS_AS(store->add(*entry, kYul), Rejected);
    share.faults().set(ShareFault::long_answer);
    CHECK(store->has(*entry, kYul).complaint.empty());
    share.faults().set(ShareFault::no_newline);
    CHECK(store->has(*entry, kYul).complaint.empty());
}

TEST_CASE("the gateway store takes a stale handle once, and tells weather from refusal",
          "[hammertrack][label_store][gateway]") {
    if (!can_mount()) return;
    SimulatedShare share;
    GatewayStore store;
    const ShareRoot root(share.root());
    const auto entry = root.find(SharePath::relative("demo/sh_010"));
    share.faults().set(ShareFault::stale, 1);
    CHECK_NOTHROW(store.add(*entry, kYul));
    CHECK(share.model().labels("demo/sh_010") == std::set<std::string>{"yul"});
    share.faults().set(ShareFault::stale);
    CHECK_THROWS_AS(store.add(*entry, kYul), Unsettled);
    share.faults().set(ShareFault::full);
    CHECK_THROWS_AS(store.add(*entry, kYul), ShareAway);
    share.faults().set(ShareFault::io_error);
    CHECK_THROWS_AS(store.add(*entry, kYul), ShareAway);
    share.faults().set(ShareFault::denied);
    CHECK_THROWS_AS(store.add(*entry, kYul), Rejected);
}

TEST_CASE("a share that gives no answer is not taken for one, but one folder that answers is enough",
          "[hammertrack][label_store]") {
    if (!can_mount()) return;
    SimulatedShare share;
    const Program hs;
    GatewayStore gateway;
    CommandStore command(hs.path(), kLong);
    const ShareRoot root(share.root());
    LabelStore* const store = GENERATE(true, false) ? static_cast<LabelStore*>(&gateway) : &command;
    share.faults().set(ShareFault::denied);
    CHECK_THROWS_AS(store->prove(root, kYul), ShareAway);
    CHECK_THROWS_WITH(store->prove(root, kYul),
                      Catch::Contains("Permission denied") && Catch::Contains("Is the share mounted?"));
    share.faults().set(ShareFault::denied, 1);  // in the root only, as where an administrator owns it
    CHECK(store->prove(root, kYul).empty());
    CHECK(gateway_files_in(share.backing()) == 0);
}

TEST_CASE("a mount point without its share, in which Foley may not write, is away",
          "[hammertrack][label_store][gateway]") {
    const Folder folder;
    std::filesystem::create_directories(folder.path() / "left/behind");
    const ShareRoot root(folder.path().string());
    for (const auto* each : {"", "left", "left/behind"})
        ::chmod((folder.path() / each).c_str(), 0555);
    {
        const Unprivileged someone;
        GatewayStore store;
        CHECK_THROWS_AS(store.prove(root, kYul), ShareAway);
        CHECK_THROWS_WITH(store.prove(root, kYul), Catch::Contains("Is the share mounted?"));
    }
    for (const auto* each : {"", "left", "left/behind"})
        ::chmod((folder.path() / each).c_str(), 0755);
    ::chmod((folder.path() / "left/behind").c_str(), 0777);
    ::chmod(folder.path().c_str(), 0555);
    {
        const Unprivileged someone;
        GatewayStore store;
        CHECK_THROWS_WITH(store.prove(root, kYul), Catch::Contains("no Hammerspace share at"));
    }
    ::chmod(folder.path().c_str(), 0755);
}

TEST_CASE("the command store tells weather from refusal by what the system said to hs",
          "[hammertrack][label_store][command]") {
    if (!can_mount()) return;
    SimulatedShare share;
    const Program hs;
    CommandStore store(hs.path(), kLong);
    const auto entry = ShareRoot(share.root()).find(SharePath::relative("demo/sh_010"));
    share.faults().set(ShareFault::stale);
    CHECK_THROWS_AS(store.add(*entry, kYul), Unsettled);
    share.faults().set(ShareFault::full);
    CHECK_THROWS_AS(store.add(*entry, kYul), ShareAway);
    share.faults().set(ShareFault::io_error);
    CHECK_THROWS_AS(store.add(*entry, kYul), ShareAway);
    share.faults().set(ShareFault::denied);
    CHECK_THROWS_AS(store.add(*entry, kYul), Rejected);
    share.faults().clear();
    CHECK_NOTHROW(store.add(*entry, kYul));
}

TEST_CASE("the command store reads every way in which hs can end", "[hammertrack][label_store][command]") {
    const Folder folder;
    make_demo_tree(folder.path());
    const ShareRoot root(folder.path().string());
    const auto entry = root.find(SharePath::relative("demo/sh_010"));
    const auto add = [&](const std::string& variant, std::chrono::milliseconds deadline = kLong) {
        const Program hs(variant);
        CommandStore(hs.path(), deadline).add(*entry, kYul);
    };
    CHECK_NOTHROW(add("silent"));
    CHECK_THROWS_WITH(add("error"), Catch::Contains("the share is in a bad mood"));
    CHECK_THROWS_AS(add("error"), Rejected);
    CHECK_THROWS_AS(add("exit1"), Rejected);
    CHECK_THROWS_WITH(add("exit1"), Catch::Contains("exit code 1: PermissionError: denied"));
    CHECK_THROWS_AS(add("no_space"), ShareAway);
    CHECK_THROWS_WITH(add("no_space"), Catch::Contains("label add yul") && Catch::Contains("No space left on device"));
    CHECK_THROWS_AS(add("exit2"), Rejected);
    CHECK_THROWS_WITH(add("exit2"), Catch::Contains("sent nothing"));
    CHECK_THROWS_WITH(add("killed"), Catch::Contains("signal 9"));
    CHECK_THROWS_AS(add("hang", std::chrono::milliseconds(200)), ShareAway);
    CommandStore missing((folder.path() / "no-such-hs").string(), kLong);
    CHECK_THROWS_AS(missing.add(*entry, kYul), ShareAway);
    CHECK_THROWS_WITH(missing.prove(root, kYul), Catch::Contains("cannot be run"));
    const Program mute("silent");
    CHECK_THAT(CommandStore(mute.path(), kLong).has(*entry, kYul).complaint, Catch::Contains("empty answer"));
}
