#include "hammertrack/share_path.hpp"

#include "hammertrack/errors.hpp"
#include "hammertrack/sanitise.hpp"

#include <algorithm>

namespace hammertrack {
namespace {

constexpr std::size_t kLongestName = 255;   // NAME_MAX
constexpr std::size_t kLongestPath = 4000;  // PATH_MAX less room for the root
constexpr std::string_view kGateway = ".fs_command_gateway";

[[noreturn]] void refuse(std::string_view path, std::string_view why) {
    std::string shown;
    for (const char c : path.substr(0, 300))
        shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    throw PathRefused("The path \"" + shown + "\" is not labelled: " + std::string(why));
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto slash = std::min(text.find('/'), text.size());
        const auto part = text.substr(0, slash);
        if (!part.empty() && part != ".") parts.push_back(part);
        text.remove_prefix(std::min(slash + 1, text.size()));
    }
    return parts;
}

void check_name(std::string_view path, std::string_view name) {
    if (name == "..") refuse(path, "it climbs with \"..\".");
    if (name.size() > kLongestName) refuse(path, "a name in it is longer than 255 bytes.");
    if (name.substr(0, kGateway.size()) == kGateway) refuse(path, "it is the share's own command file.");
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::any_of(name.begin(), name.end(), control)) refuse(path, "it has control characters.");
}

}  // namespace

SharePath SharePath::join(const std::vector<std::string_view>& components, std::string_view said) {
    if (components.empty()) refuse(said, "it is the share itself.");
    std::string text;
    for (const auto component : components) {
        check_name(said, component);
        if (!text.empty()) text += '/';
        text += component;
    }
    if (text.size() > kLongestPath) refuse(said, "it is too long.");
    return SharePath(std::move(text));
}

SharePath SharePath::relative(std::string_view text) {
    if (text.empty()) refuse(text, "it is empty.");
    if (text.front() == '/') refuse(text, "it is absolute.");
    return join(split(text), text);
}

SharePath SharePath::beneath(std::string_view prefix, std::string_view identifier) {
    if (identifier.empty()) refuse(identifier, "it is empty, which would be the share itself.");
    if (identifier.front() != '/') return relative(identifier);
    auto parts = split(identifier);
    const auto root = split(prefix);
    const bool inside = parts.size() >= root.size() && std::equal(root.begin(), root.end(), parts.begin());
    if (!inside) refuse(identifier, "it is not beneath \"" + std::string(prefix) + "\".");
    parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(root.size()));
    return join(parts, identifier);
}

SharePath SharePath::from_names(const std::vector<std::string>& names) {
    std::vector<std::string> parts;
    std::string said;
    for (const std::string& name : names) {
        said += (said.empty() ? "" : "/") + name;
        parts.push_back(sanitise(name));
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].empty() && parts[i] != "." && parts[i] != "..") continue;
        refuse(said, "the name \"" + names[i] + "\" comes to \"" + parts[i] + "\" as a folder.");
    }
    return join({parts.begin(), parts.end()}, said);
}

std::string_view SharePath::name() const noexcept {
    const auto slash = text_.rfind('/');
    return slash == std::string::npos ? std::string_view(text_) : std::string_view(text_).substr(slash + 1);
}

std::optional<SharePath> SharePath::parent() const {
    const auto slash = text_.rfind('/');
    if (slash == std::string::npos) return std::nullopt;
    return SharePath(text_.substr(0, slash));
}

bool is_sequence_name(std::string_view name) noexcept {
    for (auto at = name.find('%'); at != std::string_view::npos; at = name.find('%', at + 1)) {
        auto end = at + 1;
        while (end < name.size() && name[end] >= '0' && name[end] <= '9')
            ++end;
        if (end < name.size() && name[end] == 'd') return true;
    }
    return false;
}

}  // namespace hammertrack
