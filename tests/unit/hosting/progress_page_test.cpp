// The progress page: what it says after whatever ended host or daemon.
#include "core/hosting/progress_page.hpp"

#include "core/hosting/host/page_writer.hpp"
#include "core/hosting/page_layout.hpp"
#include "core/os/child_process.hpp"
#include "core/os/files.hpp"
#include "tests/unit/hosting/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace foley::core;
using namespace std::chrono_literals;

namespace {

class PageFixture {
public:
    static PageIdentity identity() { return {.boot_id = "this boot", .journal_id = "J", .generation = 3}; }
    void create(std::uint32_t slots = 8) { page_ = ProgressPage::create(file(), identity(), slots); }
    std::filesystem::path file() const { return directory_.path() / "page"; }
    ProgressPage::Recovery recover(PageIdentity expected = identity(), std::chrono::milliseconds limit = 10s) const {
        return ProgressPage::recover(file(), expected, limit);
    }

    // A child process that acts as a host: runs `body` with a page writer, says so, and sleeps on.
    pid_t outlive(const std::function<void(PageWriter&)>& body) {
        Pipe ready = make_pipe();
        const pid_t pid = ::fork();
        if (pid == 0) {
            PageWriter writer(file().string(), 5s);
            body(writer);
            static_cast<void>(!::write(ready.write.get(), "x", 1));
            for (;;)
                ::pause();
        }
        char byte = 0;
        REQUIRE(::read(ready.read.get(), &byte, 1) == 1);
        return pid;
    }
    static void reap(pid_t pid) { REQUIRE(::waitpid(pid, nullptr, 0) == pid); }
    // Kills it first; for one that the page did not end.
    static void end(pid_t pid) {
        ::kill(pid, SIGKILL);
        reap(pid);
    }
    // Does what a host does, in a process that ends at once.
    void write_and_end(const std::function<void(PageWriter&)>& body) { end(outlive(body)); }

    TemporaryDirectory directory_;
    std::shared_ptr<ProgressPage> page_;
};

void run(PageWriter& writer, ProgressPage& page, std::uint64_t sequence, SlotState state) {
    const std::uint64_t delivery = page.allot();
    writer.begin(delivery, Sequence{sequence}, 1, false);
    if (state != SlotState::running) writer.end(delivery, state);
}

}  // namespace

TEST_CASE_METHOD(PageFixture, "a page says what was finished and what was in a callback", "[hosting][page]") {
    create();
    write_and_end([&](PageWriter& writer) {
        run(writer, *page_, 11, SlotState::finished);
        run(writer, *page_, 12, SlotState::open);
        run(writer, *page_, 13, SlotState::finished);
        run(writer, *page_, 14, SlotState::running);
    });
    const auto recovery = recover();
    REQUIRE(recovery.believed);
    REQUIRE(recovery.survey.finished == std::vector<Sequence>{Sequence{11}, Sequence{13}});
    REQUIRE(recovery.survey.running->sequence == Sequence{14});
    REQUIRE(recovery.survey.running->callback == 1);
    REQUIRE(recovery.survey.running->delivery == 4);
}

TEST_CASE_METHOD(PageFixture, "a page whose head was written over by a broken plugin is no harm, and is mended",
                 "[hosting][page]") {
    create(4);
    {
        PageWriter writer(file().string(), 1s);
        run(writer, *page_, 1, SlotState::finished);
        run(writer, *page_, 2, SlotState::running);
        writer.release_lock();
    }
    const UniqueFd fd(::open(file().c_str(), O_RDWR | O_CLOEXEC));
    MappedFile memory(fd.get(), page_size(4));
    auto* header = memory.at<PageHeader>();
    const std::uint32_t slots = GENERATE(0u, 3u, 0x8000'0000u);
    header->slots = slots;
    header->magic = 0;
    header->boot_id.fill('x');
    header->released.store(77);
    REQUIRE(page_->slots() == 4);
    REQUIRE(page_->free_slots() == 2);
    REQUIRE(page_->survey(1, 1000).finished == std::vector<Sequence>{Sequence{1}});
    REQUIRE(page_->survey(1, 1000).running->sequence == Sequence{2});
    REQUIRE_THROWS(PageWriter(file().string(), 1s));
    page_->restore_head();
    PageWriter next(file().string(), 1s);
    next.release_lock();
    REQUIRE(recover().survey.finished == std::vector<Sequence>{Sequence{1}});
}

TEST_CASE_METHOD(PageFixture, "released deliveries are not told again", "[hosting][page]") {
    create(4);
    PageWriter writer(file().string(), 1s);
    for (std::uint64_t sequence = 1; sequence <= 4; ++sequence)
        run(writer, *page_, sequence, SlotState::finished);
    REQUIRE(page_->free_slots() == 0);
    REQUIRE_THROWS_AS(page_->allot(), std::logic_error);
    page_->release(3);
    REQUIRE(page_->free_slots() == 3);
    run(writer, *page_, 5, SlotState::running);
    REQUIRE(page_->survey(1, 5).finished == std::vector<Sequence>{Sequence{4}});
    REQUIRE(page_->survey(1, 5).running->sequence == Sequence{5});
    writer.release_lock();
    REQUIRE(recover().survey.finished == std::vector<Sequence>{Sequence{4}});
}

TEST_CASE_METHOD(PageFixture, "a page of another boot, another journal or a later generation is not believed",
                 "[hosting][page]") {
    create();
    REQUIRE(recover().believed);
    REQUIRE(recover({"another boot", "J", 3}).why_not == "the page is of an earlier boot of this machine");
    REQUIRE(recover({"this boot", "K", 3}).why_not == "the page is of another journal");
    REQUIRE(recover({"this boot", "J", 2}).why_not ==
            "the page was written under generation 3, the journal's last is 2");
    REQUIRE_FALSE(recover({"this boot", "J", 2}).believed);
}

TEST_CASE_METHOD(PageFixture, "a page is believed after a run that ended before it made its own", "[hosting][page]") {
    create();
    REQUIRE(recover({"this boot", "J", 4}).believed);
}

TEST_CASE_METHOD(PageFixture, "a missing or damaged page is not believed and breaks nothing", "[hosting][page]") {
    REQUIRE(recover().why_not == "there is no page yet");
    create();
    const std::string whole = read_file(file());
    write_file_atomically(file(), whole.substr(0, 100));
    REQUIRE(recover().why_not == "the page is cut short");
    write_file_atomically(file(), whole.substr(0, whole.size() - 1));
    REQUIRE(recover().why_not == "the page is cut short");
    write_file_atomically(file(), std::string(whole.size(), 'x'));
    REQUIRE(recover().why_not == "the file is not a progress page");
    std::string newer = whole;
    newer[8] = 9;
    write_file_atomically(file(), newer);
    REQUIRE(recover().why_not == "the page has layout version 9, this daemon writes version 1");
}

TEST_CASE_METHOD(PageFixture, "a host that outlived its daemon is ended before its page is read", "[hosting][page]") {
    create();
    const pid_t host = outlive([&](PageWriter& writer) { run(writer, *page_, 21, SlotState::running); });
    std::thread reaper([&] { reap(host); });  // a child of this test; a real one is init's by then
    const auto recovery = recover();
    reaper.join();
    REQUIRE(recovery.believed);
    REQUIRE_FALSE(recovery.blocked_by);
    REQUIRE(recovery.survey.running->sequence == Sequence{21});
}

TEST_CASE_METHOD(PageFixture, "a host that lost its lock is found by its process id and start time",
                 "[hosting][page]") {
    create();
    const pid_t host = outlive([&](PageWriter& writer) {
        run(writer, *page_, 22, SlotState::running);
        for (int fd = 3; fd < 64; ++fd) {
            if (::fcntl(fd, F_GETFL) >= 0 && (::fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR) ::close(fd);
        }
    });
    std::thread reaper([&] { reap(host); });
    const auto recovery = recover();
    reaper.join();
    REQUIRE(recovery.survey.running->sequence == Sequence{22});
}

TEST_CASE_METHOD(PageFixture, "a second host waits for the page's lock and gives up in time", "[hosting][page]") {
    create();
    const pid_t host = outlive([](PageWriter&) {});
    REQUIRE_THROWS_WITH(PageWriter(file().string(), 20ms),
                        Catch::Matchers::Contains("(process " + std::to_string(host) + ") still holds"));
    end(host);
    REQUIRE_NOTHROW(PageWriter(file().string(), 5s));
}

TEST_CASE_METHOD(PageFixture, "a page is made anew without disturbing who has the old one", "[hosting][page]") {
    create();
    PageWriter writer(file().string(), 1s);
    const auto old = page_;
    create(16);
    run(writer, *old, 1, SlotState::finished);
    REQUIRE(old->survey(1, 1).finished.size() == 1);
    REQUIRE(page_->slots() == 16);
    REQUIRE(recover().survey.finished.empty());
}
