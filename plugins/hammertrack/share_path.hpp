// SharePath: a file or folder on the share, as a path relative to the share's root. It has at least one component, and
// none of them is empty, "." or "..", so it can neither be the share itself nor lie outside of it by its spelling.
// Symbolic links are the business of ShareRoot.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hammertrack {

class SharePath {
public:
    // "demo/sh_010": "//" and "." are collapsed. Throws PathRefused for an absolute or empty path, for "..", control
    // characters, over-long names and the share's own gateway files.
    static SharePath relative(std::string_view text);
    // A resource identifier, relative to `prefix` or absolute within it, compared by whole components. `prefix` is
    // absolute. Throws PathRefused.
    static SharePath beneath(std::string_view prefix, std::string_view identifier);
    // Names of projects, shots and so on, each sanitised. Throws PathRefused when one of them comes to nothing, "." or
    // "..", since its level would vanish from the path, or when there is none.
    static SharePath from_names(const std::vector<std::string>& names);

    const std::string& text() const noexcept { return text_; }  // "demo/sh_010"
    std::string_view name() const noexcept;                     // "sh_010"
    std::optional<SharePath> parent() const;                    // nothing: the parent is the share itself

    friend auto operator<=>(const SharePath&, const SharePath&) = default;
    friend bool operator==(const SharePath&, const SharePath&) = default;

private:
    explicit SharePath(std::string text) : text_(std::move(text)) {}
    static SharePath join(const std::vector<std::string_view>& components, std::string_view said);

    std::string text_;
};

// True for a name with a frame pattern, "main.%04d.exr" or "main.%d.exr": no file of that name exists.
bool is_sequence_name(std::string_view name) noexcept;

}  // namespace hammertrack
