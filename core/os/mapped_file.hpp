// MappedFile: a file's bytes in memory, shared with every other process that maps it.
//
// Owner: one. Thread: the object belongs to one; what lies in the memory is for atomics. Throws std::system_error.
#pragma once

#include <cstddef>

namespace foley::core {

class MappedFile {
public:
    MappedFile() noexcept = default;
    // Maps `size` bytes of an open file, for reading and writing. The descriptor may be closed afterwards.
    MappedFile(int fd, std::size_t size);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    explicit operator bool() const noexcept { return data_ != nullptr; }

    // The object of type T that lies at `offset`: a layout of lock-free atomics and plain bytes, zero when new.
    template <class T>
    T* at(std::size_t offset = 0) const noexcept {
        return reinterpret_cast<T*>(data_ + offset);
    }

private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace foley::core
