// Label: a name that may be sent to Hammerspace. LabelMenu: the configured ones, and what artists see for each.
//
// Only what is in the menu ever becomes a Label, and only a Label reaches a store, so no text from the site can be
// sent.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hammertrack {

class LabelMenu;

// Compares without case, as the share does.
class Label {
public:
    // As configured: ^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$
    const std::string& text() const noexcept { return text_; }
    const std::string& folded() const noexcept { return folded_; }

    friend bool operator==(const Label& a, const Label& b) noexcept { return a.folded_ == b.folded_; }
    friend bool operator<(const Label& a, const Label& b) noexcept { return a.folded_ < b.folded_; }

private:
    friend class LabelMenu;
    explicit Label(std::string text);

    std::string text_;
    std::string folded_;  // lower case
};

using LabelSet = std::set<Label>;

// "lax, yul"; "none" when empty.
std::string to_text(const LabelSet& labels);

class LabelMenu {
public:
    struct Option {
        Label label;
        std::string name;  // shown in ftrack's menu
    };

    // Pairs of value and shown name, in the order of the menu. Throws std::invalid_argument with every fault in it:
    // none at all, a value that is no label, two values that differ only by case, an empty name.
    explicit LabelMenu(const std::vector<std::pair<std::string, std::string>>& options);

    std::optional<Label> find(std::string_view value) const;
    const std::vector<Option>& options() const noexcept { return options_; }
    const LabelSet& labels() const noexcept { return labels_; }

private:
    std::vector<Option> options_;
    LabelSet labels_;
};

}  // namespace hammertrack
