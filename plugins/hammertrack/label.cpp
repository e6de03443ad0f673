#include "hammertrack/label.hpp"

#include <algorithm>
#include <stdexcept>

namespace hammertrack {
namespace {

constexpr std::size_t kLongestLabel = 64;

bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_label_text(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kLongestLabel && is_letter_or_digit(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-'; });
}

std::string fold(std::string_view text) {
    std::string folded(text);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

// What is wrong with an option, or nothing.
std::string fault_of(const std::string& value, const std::string& name) {
    if (!is_label_text(value)) {
        return "\"" + value +
               "\" cannot be a label: a label has 1 to 64 of the characters A-Z a-z 0-9 _ . - and begins "
               "with a letter or a digit. ";
    }
    if (name.empty()) return "The label \"" + value + "\" has no name to show in the menu. ";
    return {};
}

}  // namespace

Label::Label(std::string text) : text_(std::move(text)), folded_(fold(text_)) {}

std::string to_text(const LabelSet& labels) {
    std::string text;
    for (const Label& label : labels)
        text += (text.empty() ? "" : ", ") + label.text();
    return text.empty() ? "none" : text;
}

LabelMenu::LabelMenu(const std::vector<std::pair<std::string, std::string>>& options) {
    std::string faults;
    if (options.empty()) faults = "There is no label. ";
    for (const auto& [value, name] : options) {
        std::string fault = fault_of(value, name);
        if (fault.empty()) {
            Label label(value);
            if (labels_.insert(label).second) {
                options_.push_back({std::move(label), name});
            } else {
                fault = "The label \"" + value + "\" is there twice (case does not count). ";
            }
        }
        faults += fault;
    }
    if (faults.empty()) return;
    faults.pop_back();
    throw std::invalid_argument(faults);
}

std::optional<Label> LabelMenu::find(std::string_view value) const {
    if (!is_label_text(value)) return std::nullopt;
    const auto found = labels_.find(Label(std::string(value)));
    if (found == labels_.end()) return std::nullopt;
    return *found;
}

}  // namespace hammertrack
