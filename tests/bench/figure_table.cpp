#include "bench/figure_table.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <thread>

#include <sys/utsname.h>

namespace foley::bench {
namespace {

std::string number(double value) {
    if (value >= 1000) return fmt::format("{:.0f}", value);
    if (value >= 10) return fmt::format("{:.1f}", value);
    return fmt::format("{:.3f}", value);
}

std::string with_unit(double value, const std::string& unit) {
    if (unit.empty() || unit.front() == '/') return number(value) + unit;
    return fmt::format("{} {}", number(value), unit);
}

std::string target_of(const Figure& figure) {
    if (!figure.target) return {};
    const std::string bound = figure.limit ? number(*figure.target) : with_unit(*figure.target, figure.unit);
    return (figure.less_is_better ? "<= " : ">= ") + bound;
}

}  // namespace

std::optional<double> Figure::ratio() const {
    if (!limit || limit->value <= 0) return std::nullopt;
    return value / limit->value;
}

std::optional<bool> Figure::met() const {
    if (!target) return std::nullopt;
    const double measured = ratio().value_or(value);
    return less_is_better ? measured <= *target : measured >= *target;
}

std::string FigureTable::heading() {
    return fmt::format("{:<72} {:>14}  {:<26} {:>7}  {:<12} {}", "figure", "measured", "limit, same run", "ratio",
                       "target", "met");
}

std::string FigureTable::line(const Figure& figure) {
    const auto ratio = figure.ratio();
    const auto met = figure.met();
    const std::string limit =
        figure.limit ? fmt::format("{} {}", figure.limit->what, with_unit(figure.limit->value, figure.unit)) : "";
    std::string line =
        fmt::format("{:<72} {:>14}  {:<26} {:>7}  {:<12} {}", figure.what, with_unit(figure.value, figure.unit), limit,
                    ratio ? number(*ratio) : "", target_of(figure), met ? (*met ? "yes" : "no") : "");
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

void FigureTable::add(Figure figure) {
    if (figures_.empty()) std::cout << machine() << "\n\n" << heading() << '\n';
    std::cout << line(figure) << std::endl;
    figures_.push_back(std::move(figure));
}

void FigureTable::write_json(const std::filesystem::path& file) const {
    std::string json = "{\"machine\": " + json::quote(machine()) + ", \"figures\": [";
    bool first = true;
    for (const Figure& figure : figures_) {
        json += fmt::format(R"({}{{"id": {}, "what": {}, "value": {}, "unit": {}, "less_is_better": {})",
                            first ? "\n  " : ",\n  ", json::quote(figure.id), json::quote(figure.what), figure.value,
                            json::quote(figure.unit), figure.less_is_better);
        if (figure.limit) {
            json += fmt::format(R"(, "limit": {{"what": {}, "value": {}}})", json::quote(figure.limit->what),
                                figure.limit->value);
        }
        if (const auto ratio = figure.ratio()) json += fmt::format(R"(, "ratio": {})", *ratio);
        if (figure.target) json += fmt::format(R"(, "target": {}, "met": {})", *figure.target, *figure.met());
        json += "}";
        first = false;
    }
    std::ofstream stream(file);
    stream << json << "\n]}\n";
    stream.flush();
    if (!stream) throw std::runtime_error("cannot write " + file.string());
}

std::string machine() {
    utsname names{};
    ::uname(&names);
    std::ifstream cpus("/proc/cpuinfo");
    std::string model;
    for (std::string line; std::getline(cpus, line);)
        if (line.starts_with("model name")) model = line.substr(line.find(':') + 2);
    std::ifstream load("/proc/loadavg");
    std::string minute;
    load >> minute;
    return fmt::format("{} x {}, Linux {}, load {}", std::thread::hardware_concurrency(), model, names.release, minute);
}

}  // namespace foley::bench
