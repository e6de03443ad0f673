// FileCursor: how far a file source has come, as it is kept in the journal.
#pragma once

#include "core/event/types.hpp"
#include "core/source/file/followed_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foley::core {

struct FileCursor {
    std::uint64_t generation = 1;  // rises with each rotation and truncation
    std::uint64_t offset = 0;      // every line before it is in the journal
    FileKey file;
    std::string before;  // mark_of what stands there
    Timestamp heard{};   // when that was so

    std::string text() const;
    // Nothing for a text that is no cursor of a file source.
    static std::optional<FileCursor> parse(std::string_view text);
};

}  // namespace foley::core
