// clock: two timers of the same interval, so they are always due together, beside events that take a millisecond each.
// Writes a line for each tick: "first 0 <pid>", "second 0 <pid>".
#include <foley/plugin.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <unistd.h>

namespace {

std::ofstream lines;

void tick(const char* name) {
    lines << name << " 0 " << ::getpid() << std::endl;
}

}  // namespace

FOLEY_PLUGIN(registrar) {
    const auto path = registrar.required<std::filesystem::path>("file", "Where the lines go.");
    registrar.on_start([path](foley::Context& context) { lines.open(context.get(path), std::ios::app); });
    registrar.on(
        {}, [](const foley::Event&, foley::Context&) { std::this_thread::sleep_for(std::chrono::milliseconds(1)); });
    registrar.every(std::chrono::milliseconds(50), [](foley::Context&) { tick("first"); }, {.name = "first"});
    registrar.every(std::chrono::milliseconds(50), [](foley::Context&) { tick("second"); }, {.name = "second"});
}
