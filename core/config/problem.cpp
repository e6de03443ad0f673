#include "core/config/problem.hpp"

#include <algorithm>
#include <tuple>

namespace foley::core {
namespace {

// By file, in the order in which the files were read, then by place.
std::vector<Problem> sorted(std::vector<Problem> problems) {
    std::vector<std::string> files;
    const auto rank = [&files](const std::string& file) {
        return std::find(files.begin(), files.end(), file) - files.begin();
    };
    for (const Problem& problem : problems) {
        if (rank(problem.position.file) == std::ssize(files)) files.push_back(problem.position.file);
    }
    const auto place = [&rank](const Problem& problem) {
        return std::tuple(rank(problem.position.file), problem.position.line, problem.position.column);
    };
    std::stable_sort(problems.begin(), problems.end(),
                     [&place](const Problem& a, const Problem& b) { return place(a) < place(b); });
    return problems;
}

std::string lines(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& problem : problems) {
        if (!text.empty()) text += '\n';
        text += to_string(problem);
    }
    return text;
}

}  // namespace

std::string to_string(const Position& position) {
    if (position.line == 0) return position.file;
    return position.file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

std::string to_string(const Problem& problem) {
    return to_string(problem.position) + ": " + problem.sentence;
}

ConfigError::ConfigError(std::vector<Problem> problems)
    : std::runtime_error(lines(sorted(problems))), problems_(sorted(std::move(problems))) {}

}  // namespace foley::core
