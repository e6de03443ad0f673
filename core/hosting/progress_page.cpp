#include "core/hosting/progress_page.hpp"

#include "core/hosting/page_layout.hpp"
#include "core/os/file_lock.hpp"
#include "core/os/mapped_file.hpp"
#include "core/os/process_handle.hpp"
#include "core/os/system_error.hpp"

#include <algorithm>
#include <bit>
#include <string_view>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

template <std::size_t Size>
void store_text(std::array<char, Size>& field, const std::string& text, const char* what) {
    if (text.size() >= Size) {
        throw std::invalid_argument(std::string(what) + " is too long for a progress page: " + text);
    }
    std::fill(std::copy(text.begin(), text.end(), field.begin()), field.end(), '\0');
}

template <std::size_t Size>
std::string load_text(const std::array<char, Size>& field) {
    return {field.begin(), std::find(field.begin(), field.end(), '\0')};
}

PageSurvey survey_slots(const PageSlot* slots, std::uint32_t count, std::uint64_t first, std::uint64_t last) {
    PageSurvey survey;
    for (std::uint64_t delivery = first; delivery <= last; ++delivery) {
        const PageSlot& slot = slots[(delivery - 1) & (count - 1)];
        const auto state = SlotState{slot.state.load(std::memory_order_acquire)};
        if (slot.delivery.load(std::memory_order_relaxed) != delivery) continue;
        const Sequence sequence{slot.sequence.load(std::memory_order_relaxed)};
        if (state == SlotState::finished && sequence.value != 0) survey.finished.push_back(sequence);
        if (state == SlotState::running) {
            survey.running = {sequence, slot.callback.load(std::memory_order_relaxed), delivery,
                              slot.rest_only.load(std::memory_order_relaxed) == 1};
        }
    }
    return survey;
}

class MappedPage final : public ProgressPage {
public:
    MappedPage(std::filesystem::path file, MappedFile memory, const PageIdentity& identity, std::uint32_t slots)
        : file_(std::move(file)),
          memory_(std::move(memory)),
          header_(memory_.at<PageHeader>()),
          page_slots_(memory_.at<PageSlot>(sizeof(PageHeader))),
          identity_(identity),
          slots_(slots) {
        write_head();
    }

    const std::filesystem::path& file() const noexcept override { return file_; }
    std::uint32_t slots() const noexcept override { return slots_; }

    std::uint64_t allot() override {
        if (free_slots() == 0) {
            throw std::logic_error("no slot is free on the progress page " + file_.string() +
                                   ": deliveries were not released");
        }
        return next_++;
    }

    PageSurvey survey(std::uint64_t first, std::uint64_t last) const override {
        return survey_slots(page_slots_, slots_, std::max(first, released_ + 1), std::min(last, next_ - 1));
    }

    void restore_head() override {
        write_head();
        header_->host_pid.store(0, std::memory_order_release);
    }

    void release(std::uint64_t delivery) override {
        released_ = std::max(released_, std::min(delivery, next_ - 1));
        header_->released.store(released_, std::memory_order_release);
    }

    std::uint32_t free_slots() const noexcept override {
        return slots_ - static_cast<std::uint32_t>(next_ - 1 - released_);
    }

private:
    void write_head() {
        header_->magic = kPageMagic;
        header_->version = kPageVersion;
        header_->slots = slots_;
        header_->generation = identity_.generation;
        store_text(header_->boot_id, identity_.boot_id, "the boot id");
        store_text(header_->journal_id, identity_.journal_id, "the journal's id");
        header_->released.store(released_, std::memory_order_release);
    }

    std::filesystem::path file_;
    MappedFile memory_;
    PageHeader* header_;
    PageSlot* page_slots_;
    // Nothing of the head is read back: the host can write there, and this process must not trust it with an index.
    const PageIdentity identity_;
    const std::uint32_t slots_;
    std::uint64_t next_ = 1;
    std::uint64_t released_ = 0;
};

// Empty when the file is a page of this layout.
std::string malformed(int fd) {
    struct stat info {};
    if (::fstat(fd, &info) != 0) throw_errno("cannot look at a progress page");
    const auto size = static_cast<std::size_t>(info.st_size);
    if (size < sizeof(PageHeader)) return "the page is cut short";
    const MappedFile memory(fd, sizeof(PageHeader));
    const auto* header = memory.at<PageHeader>();
    if (header->magic != kPageMagic) return "the file is not a progress page";
    if (header->version != kPageVersion) {
        return "the page has layout version " + std::to_string(header->version) + ", this daemon writes version " +
               std::to_string(kPageVersion);
    }
    if (!std::has_single_bit(header->slots) || size < page_size(header->slots)) return "the page is cut short";
    return {};
}

std::string disbelief(const PageHeader& header, const PageIdentity& expected) {
    if (load_text(header.boot_id) != expected.boot_id) return "the page is of an earlier boot of this machine";
    if (load_text(header.journal_id) != expected.journal_id) return "the page is of another journal";
    // An older generation is no objection: every run makes the page anew before it delivers anything, so the runs since
    // then ended before they did. A newer one is: the journal is a copy from before.
    if (header.generation > expected.generation) {
        return "the page was written under generation " + std::to_string(header.generation) +
               ", the journal's last is " + std::to_string(expected.generation);
    }
    return {};
}

using Deadline = std::chrono::steady_clock::time_point;

std::chrono::milliseconds left_until(Deadline deadline) {
    return std::max(std::chrono::milliseconds{0},
                    std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()));
}

// Ends this process; false when it would not end in time.
bool end_process(const ProcessHandle& process, Deadline deadline) {
    process.send_signal(SIGKILL);
    return process.wait(left_until(deadline));
}

// Takes the lock of the page, after ending whoever holds it. Gives the process that could not be ended.
std::optional<int> take_lock(int fd, Deadline deadline) {
    while (!FileLock::try_take(fd)) {
        const std::optional<int> holder = FileLock::holder(fd);
        if (!holder) continue;
        std::optional<ProcessHandle> process;
        if (*holder > 0) process = ProcessHandle::open(*holder);
        // Asked again now that the handle is held: only then is it certain to be the holder.
        if (process && FileLock::holder(fd) != holder) continue;
        if (*holder == 0 || (process && !end_process(*process, deadline))) return holder;
        if (!process && left_until(deadline).count() == 0) return holder;
    }
    return std::nullopt;
}

// A host whose plugin closed the host's descriptors has lost the lock and may still run.
std::optional<int> end_unlocked_host(const PageHeader& header, Deadline deadline) {
    const auto pid = static_cast<int>(header.host_pid.load(std::memory_order_acquire));
    if (pid == 0) return std::nullopt;
    const auto process = ProcessHandle::open(pid, header.host_start_time.load(std::memory_order_relaxed));
    if (process && !end_process(*process, deadline)) return pid;
    return std::nullopt;
}

}  // namespace

ProgressPage::Recovery ProgressPage::recover(const std::filesystem::path& file, const PageIdentity& expected,
                                             std::chrono::milliseconds limit) {
    const Deadline deadline = std::chrono::steady_clock::now() + limit;
    Recovery recovery;
    const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd) {
        if (errno != ENOENT) throw_errno("cannot open the progress page " + file.string());
        recovery.why_not = "there is no page yet";
        return recovery;
    }
    recovery.blocked_by = take_lock(fd.get(), deadline);
    if (recovery.blocked_by) {
        recovery.why_not = "a host of an earlier daemon still holds the page and cannot be ended";
        return recovery;
    }
    recovery.why_not = malformed(fd.get());
    if (!recovery.why_not.empty()) return recovery;

    const MappedFile header_memory(fd.get(), sizeof(PageHeader));
    const auto* header = header_memory.at<PageHeader>();
    if (load_text(header->boot_id) == expected.boot_id) recovery.blocked_by = end_unlocked_host(*header, deadline);
    if (recovery.blocked_by) {
        recovery.why_not = "a host of an earlier daemon still runs and cannot be ended";
        return recovery;
    }
    recovery.why_not = disbelief(*header, expected);
    if (!recovery.why_not.empty()) return recovery;

    const std::uint32_t slots = header->slots;
    const MappedFile memory(fd.get(), page_size(slots));
    const std::uint64_t released = header->released.load(std::memory_order_acquire);
    recovery.survey = survey_slots(memory.at<PageSlot>(sizeof(PageHeader)), slots, released + 1, released + slots);
    recovery.believed = true;
    return recovery;
}

std::shared_ptr<ProgressPage> ProgressPage::create(const std::filesystem::path& file, const PageIdentity& identity,
                                                   std::uint32_t slots) {
    if (!std::has_single_bit(slots)) throw std::invalid_argument("a progress page has a power of two of slots");
    // Made beside and renamed: whoever still has the old page mapped keeps it whole.
    const std::string temporary = file.string() + ".new";
    UniqueFd fd = open_file(temporary, O_RDWR | O_CREAT | O_TRUNC);
    // In full, so that no store to the page ever meets a full disk.
    const int error = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(page_size(slots)));
    if (error != 0) throw_errno("cannot allocate the progress page " + temporary, error);
    MappedFile memory(fd.get(), page_size(slots));
    auto page = std::make_shared<MappedPage>(file, std::move(memory), identity, slots);
    if (::rename(temporary.c_str(), file.c_str()) != 0) throw_errno("cannot rename " + temporary);
    return page;
}

}  // namespace foley::core
