#include "protect_final/location.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace protect_final {
namespace {

std::vector<std::string> steps_of(std::string_view path) {
    std::vector<std::string> steps;
    while (!path.empty()) {
        const auto slash = path.find('/');
        const auto step = path.substr(0, slash);
        if (!step.empty() && step != ".") steps.emplace_back(step);
        if (slash == std::string_view::npos) break;
        path.remove_prefix(slash + 1);
    }
    return steps;
}

// Windows' separators are ours; the longest beginning that fits is replaced.
std::string mapped(std::string_view path, const PathMap& map) {
    std::string text(path);
    const bool windows = text.starts_with("\\\\") || (text.size() > 1 && text[1] == ':');
    if (windows) std::replace(text.begin(), text.end(), '\\', '/');
    const PathMap::value_type* best = nullptr;
    for (const auto& entry : map) {
        std::string from = entry.first;
        std::replace(from.begin(), from.end(), '\\', '/');
        if (from.ends_with('/')) from.pop_back();
        const bool fits = text.starts_with(from) && (text.size() == from.size() || text[from.size()] == '/');
        if (fits && (best == nullptr || best->first.size() < entry.first.size())) best = &entry;
    }
    if (best == nullptr) return text;
    const auto length =
        best->first.ends_with('/') || best->first.ends_with('\\') ? best->first.size() - 1 : best->first.size();
    return std::string(best->second).append("/").append(text, length, std::string::npos);
}

}  // namespace

std::string Location::shown() const {
    std::string out = root.string();
    for (const auto& step : steps)
        out.append("/").append(step);
    return out;
}

Location locate(std::string_view path, const std::vector<std::filesystem::path>& roots, const PathMap& map) {
    const auto here = mapped(path, map);
    if (!here.starts_with('/') || here.find('\0') != std::string::npos)
        throw PathRefused(
            fmt::format("\"{}\" is no path on this computer. Say in `map` what its beginning is here.", path));
    const auto steps = steps_of(here);
    if (std::find(steps.begin(), steps.end(), "..") != steps.end())
        throw PathRefused(fmt::format("\"{}\" holds \"..\", and such a path is never followed.", here));
    Location best;
    for (const auto& root : roots) {
        const auto way = steps_of(root.string());
        if (way.size() <= steps.size() && std::equal(way.begin(), way.end(), steps.begin()) &&
            (best.root.empty() || way.size() > steps.size() - best.steps.size())) {
            best = {root, {steps.begin() + static_cast<std::ptrdiff_t>(way.size()), steps.end()}};
        }
    }
    if (best.root.empty())
        throw PathRefused(fmt::format("\"{}\" lies beneath none of the roots, so it is left alone.", here));
    if (best.steps.empty())
        throw PathRefused(fmt::format("\"{}\" is a root itself, which is never changed as a whole.", here));
    return best;
}

}  // namespace protect_final
