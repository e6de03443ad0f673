#include "core/os/mapped_file.hpp"

#include "core/os/system_error.hpp"

#include <utility>

#include <sys/mman.h>

namespace foley::core {

MappedFile::MappedFile(int fd, std::size_t size) : size_(size) {
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr)
        throw_errno("cannot map " + std::to_string(size) + " bytes of descriptor " + std::to_string(fd));
    }
    data_ = static_cast<std::byte*>(memory);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace foley::core
