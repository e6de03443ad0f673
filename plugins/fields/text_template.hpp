// TextTemplate: a text with values in it: "{code} is now {sg_status_list|without a status}". What follows "|" stands
// where the value is missing. "{{" and "}}" are braces.
//
// Immutable. Throws: std::invalid_argument, with a sentence, for braces that do not pair and for empty names.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fields {

class TextTemplate {
public:
    explicit TextTemplate(std::string_view text);

    struct Placeholder {
        std::string name;
        std::optional<std::string> otherwise;
    };
    using Part = std::variant<std::string, Placeholder>;

    const std::string& text() const noexcept { return text_; }
    const std::vector<Part>& parts() const noexcept { return parts_; }
    // Each once.
    std::vector<std::string> names() const;

    using Lookup = std::function<std::optional<std::string>(const std::string& name)>;
    // Names without a value and without "|" are added to `missing`, and leave nothing.
    std::string render(const Lookup& value, std::vector<std::string>* missing = nullptr) const;

private:
    std::string text_;
    std::vector<Part> parts_;
};

}  // namespace fields
