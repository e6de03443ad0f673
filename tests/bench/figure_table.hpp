// FigureTable: what was measured, beside the limit that was measured in the same run, and what is aimed at.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace foley::bench {

struct Figure {
    std::string id;    // names it from run to run: "site_to_1"
    std::string what;  // for the reader
    double value = 0;
    std::string unit{};  // "/s", "ms", "us", "MiB", "%", or empty
    bool less_is_better = false;

    // What the machine allows, and what it is: "append". Nothing: a figure that stands alone.
    struct Limit {
        std::string what;
        double value = 0;
    };
    std::optional<Limit> limit{};
    // Of the ratio value : limit where there is a limit, else of the value itself; at most or at least, as
    // less_is_better says.
    std::optional<double> target{};

    std::optional<double> ratio() const;
    std::optional<bool> met() const;
};

class FigureTable {
public:
    // Prints the line at once: a run takes minutes.
    void add(Figure figure);
    // The machine and the figures.
    void write_json(const std::filesystem::path& file) const;
    static std::string heading();
    static std::string line(const Figure& figure);

private:
    std::vector<Figure> figures_;
};

// "2 x AMD EPYC, Linux 6.1, load 0.1"
std::string machine();

}  // namespace foley::bench
