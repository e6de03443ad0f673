// FileCursor: how far a file source has come, as it is kept in the journal.
#pragma once

#include "core/event/types.hpp"
#include "core/source/file/followed_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

// A file that was read to its end, to be known again under whatever name, and told from another that has its inode now.
struct FinishedMark {
    FileKey file;
    std::uint64_t offset = 0;  // so far it was read
    std::string before;        // mark_of what stands there
    friend bool operator==(const FinishedMark&, const FinishedMark&) = default;
};

struct FileCursor {
    // So many of the finished files are remembered: more than stay beside a file for long.
    static constexpr std::size_t kRemembered = 12;

    std::uint64_t generation = 1;  // rises with each rotation and truncation
    std::uint64_t offset = 0;      // every line before it is in the journal
    FileKey file;
    std::string before;                  // mark_of what stands there
    Timestamp heard{};                   // when that was so
    std::vector<FinishedMark> finished;  // the last ones, oldest first

    void remember(FinishedMark mark);

    std::string text() const;
    // Nothing for a text that is no cursor of a file source.
    static std::optional<FileCursor> parse(std::string_view text);
};

}  // namespace foley::core
