#include "core/hosting/host/page_writer.hpp"

#include "core/os/file_identity.hpp"
#include "core/os/file_lock.hpp"
#include "core/os/process_handle.hpp"

#include <bit>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace foley::core {
namespace {

void take_lock(int fd, const std::string& file, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    // The lock of a host that is ending comes free within moments; a lock cannot be waited for with a limit.
    while (!FileLock::try_take(fd)) {
        if (std::chrono::steady_clock::now() >= deadline) {
            const auto holder = FileLock::holder(fd);
            throw std::runtime_error("another host (process " + std::to_string(holder.value_or(0)) +
                                     ") still holds the progress page " + file);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace

PageWriter::PageWriter(const std::string& file, std::chrono::milliseconds lock_limit) : fd_(open_file(file, O_RDWR)) {
    take_lock(fd_.get(), file, lock_limit);
    const std::uint64_t size = file_identity(fd_.get()).size;
    if (size < sizeof(PageHeader)) throw std::runtime_error("the progress page " + file + " is cut short");
    memory_ = MappedFile(fd_.get(), size);
    header_ = memory_.at<PageHeader>();
    slots_ = memory_.at<PageSlot>(sizeof(PageHeader));
    if (header_->magic != kPageMagic || header_->version != kPageVersion || !std::has_single_bit(header_->slots) ||
        size < page_size(header_->slots)) {
        throw std::runtime_error(file + " is not a progress page of this version");
    }
    mask_ = header_->slots - 1;
    header_->host_start_time.store(process_start_time(::getpid()).value_or(0), std::memory_order_relaxed);
    header_->host_pid.store(static_cast<std::uint32_t>(::getpid()), std::memory_order_release);
}

PageSlot& PageWriter::slot(std::uint64_t delivery) const noexcept {
    return slots_[(delivery - 1) & mask_];
}

void PageWriter::begin(std::uint64_t delivery, Sequence sequence, std::uint32_t callback, bool rest_only) noexcept {
    PageSlot& slot = this->slot(delivery);
    // Never running with the facts of the delivery that had this slot before.
    slot.state.store(static_cast<std::uint32_t>(SlotState::empty), std::memory_order_release);
    slot.delivery.store(delivery, std::memory_order_release);
    slot.sequence.store(sequence.value, std::memory_order_release);
    slot.callback.store(callback, std::memory_order_release);
    slot.rest_only.store(rest_only ? 1 : 0, std::memory_order_release);
    slot.state.store(static_cast<std::uint32_t>(SlotState::running), std::memory_order_release);
}

void PageWriter::end(std::uint64_t delivery, SlotState state) noexcept {
    slot(delivery).state.store(static_cast<std::uint32_t>(state), std::memory_order_release);
}

void PageWriter::release_lock() {
    header_->host_pid.store(0, std::memory_order_release);
    memory_ = MappedFile();
    fd_.reset();  // drops the lock
}

}  // namespace foley::core
