#include "make_folders/path_template.hpp"

#include "fields/field_text.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace make_folders {
namespace {

constexpr std::size_t kLongest = 255;  // bytes of a component, on all common file systems
constexpr std::string_view kFolder = ".folder";

// At slashes, but for those in braces.
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts(1);
    bool inside = false;
    for (const char c : text) {
        if (c == '{') inside = true;
        if (c == '}') inside = false;
        if (c == '/' && !inside) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

// "entity" of "{entity.folder}".
std::optional<std::string> base_of(const fields::TextTemplate& component) {
    const auto& parts = component.parts();
    if (parts.size() != 1) return std::nullopt;
    const auto* placeholder = std::get_if<fields::TextTemplate::Placeholder>(&parts.front());
    if (placeholder == nullptr || !placeholder->name.ends_with(kFolder)) return std::nullopt;
    const auto link = placeholder->name.substr(0, placeholder->name.size() - kFolder.size());
    return link.find('.') == std::string::npos ? std::optional(link) : std::nullopt;
}

}  // namespace

PathTemplate::PathTemplate(std::string_view text) : text_(text) {
    const auto refuse = [&](const std::string& why) {
        throw std::invalid_argument(fmt::format("\"{}\": {}", text_, why));
    };
    if (text.empty()) refuse("the template is empty.");
    if (text.front() == '/') refuse("folders are made beneath the root, so it must not begin with \"/\".");
    for (const auto& part : split(text)) {
        const fields::TextTemplate component(part);
        if (component.parts().empty()) refuse("a folder between two \"/\" has no name.");
        if (components_.empty() && !base_) {
            base_ = base_of(component);
            if (base_) {
                static_cast<void>(fields::FieldPath(*base_));
                continue;
            }
        }
        if (base_of(component)) refuse(fmt::format("{} can only stand at the beginning, alone.", part));
        for (const auto& piece : component.parts()) {
            const auto* literal = std::get_if<std::string>(&piece);
            const auto written = literal != nullptr
                                     ? *literal
                                     : std::get<fields::TextTemplate::Placeholder>(piece).otherwise.value_or("");
            if (!is_plain(written)) refuse(fmt::format("\"{}\" holds what a folder's name must not.", written));
        }
        if (part == "." || part == "..") refuse(fmt::format("\"{}\" is no folder's name.", part));
        for (const auto& name : component.names())
            static_cast<void>(fields::FieldPath(name));
        components_.push_back(component);
    }
}

std::vector<fields::FieldPath> PathTemplate::paths() const {
    std::vector<fields::FieldPath> paths;
    if (base_) paths.emplace_back(*base_);
    for (const auto& component : components_) {
        for (const auto& name : component.names())
            paths.emplace_back(name);
    }
    return paths;
}

std::string PathTemplate::render(const foley::json::Value& entity, const Naming& naming,
                                 std::vector<std::string>& missing) const {
    std::string path;
    for (const auto& component : components_) {
        const auto name = component.render(
            [&](const std::string& field) -> std::optional<std::string> {
                auto value = fields::text_of(foley::json::member(entity, fields::FieldPath(field).text()));
                return value ? std::optional(safe_name(*value, naming)) : std::nullopt;
            },
            &missing);
        const bool whole = missing.empty();
        if (whole && (name.empty() || name == "." || name == ".."))
            throw std::invalid_argument(
                fmt::format("\"{}\" of {} comes to no folder's name.", component.text(), text_));
        if (whole && name.size() > kLongest)
            throw std::invalid_argument(fmt::format("\"{}\" of {} comes to a name of {} bytes; file systems take {}.",
                                                    component.text(), text_, name.size(), kLongest));
        path += (path.empty() ? "" : "/") + name;
    }
    return path;
}

}  // namespace make_folders
