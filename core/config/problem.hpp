// Problem: one thing that is wrong in a configuration, where it stands. ConfigError: all of them at once.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

// Lines and columns count from 1; line 0: the file as a whole.
struct Position {
    std::string file;
    int line = 0;
    int column = 0;

    friend bool operator==(const Position&, const Position&) = default;
};

// "foley.yaml:41:9"
std::string to_string(const Position& position);

struct Problem {
    Position position;
    std::string sentence;
};

// "foley.yaml:41:9: plugins.hammertrack.on_eror: unknown; did you mean on_error?"
std::string to_string(const Problem& problem);

// The problems found so far, and what is only worth a warning.
class Problems {
public:
    void add(const Position& position, std::string sentence) { errors_.push_back({position, std::move(sentence)}); }
    void warn(const Position& position, std::string sentence) { warnings_.push_back({position, std::move(sentence)}); }

    const std::vector<Problem>& errors() const noexcept { return errors_; }
    const std::vector<Problem>& warnings() const noexcept { return warnings_; }

private:
    std::vector<Problem> errors_, warnings_;
};

// what() holds every problem, a line each, in the order of their places.
class ConfigError : public std::runtime_error {
public:
    explicit ConfigError(std::vector<Problem> problems);
    const std::vector<Problem>& problems() const noexcept { return problems_; }

private:
    std::vector<Problem> problems_;
};

}  // namespace foley::core
