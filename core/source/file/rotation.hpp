// Rotation: what became of the file at a path while nobody looked. When several rotations happened, files lie between
// the one that was read to its end and the one that stands at the path now; they are found by their names and ordered
// by the time of their last change.
//
// Names that count: <name>.<digits> and <name>-<digits>, each with a further .<digits> if need be, and with .gz, .xz,
// .bz2 or .zst when compressed.
//
// Thread: any. Throws: std::system_error where it looks at files.
#pragma once

#include "core/source/file/followed_file.hpp"

#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

// The name of a rotated file, taken apart.
struct RotatedName {
    char separator = '.';
    std::string number;  // without leading zeros
    std::string further;
    bool compressed = false;

    // Nothing for a name that no usual scheme gives to a rotated `base`.
    static std::optional<RotatedName> parse(std::string_view name, std::string_view base);
    // Which of two came later, as their numbers say: less is earlier. unordered: they are of different schemes.
    // In name.1, name.2 the lowest number came last; a date, and any number after a dash, rises.
    std::partial_ordering age(const RotatedName& other) const;
    bool is_dated() const noexcept;
};

// A file beside the followed path that has the name of a rotated one.
struct Sibling {
    std::filesystem::path path;
    RotatedName name;
    FileKey key;
    FileTime changed;
};
// All of them, in no order. Nothing: files were renamed while we looked; look again.
std::optional<std::vector<Sibling>> rotated_siblings(const std::filesystem::path& path);

// The file that was read to its end.
struct FinishedFile {
    FileKey key;
    FileTime changed;  // last
    FileTime begun;    // when we began to read it: what was last changed before is older than it
    bool seen_going;   // we saw the present file take its place
};

struct Succession {
    std::optional<Sibling> next;     // nothing: the file that stands at the path
    std::optional<std::string> gap;  // why lines before that file may be missing
};

// What to read after `finished`, when the file `present` stands at the path. `was_read` knows those that have been
// read.
Succession succession(const std::vector<Sibling>& siblings, const FinishedFile& finished, const FileKey& present,
                      const std::function<bool(const Sibling&)>& was_read);

}  // namespace foley::core
