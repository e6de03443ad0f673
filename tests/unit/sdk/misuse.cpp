// Misuses that must not compile, each with the sentence that misuse.cmake looks for in the compiler's output. Without
// FOLEY_MISUSE it compiles.
#include <foley/plugin.hpp>

#include <chrono>

using namespace std::chrono_literals;

enum class Mode { one };
struct Mine {};

FOLEY_PLUGIN(registrar) {
#ifdef FOLEY_MISUSE
    // must say: A callback for events is a function of (const foley::Event&, foley::Context&).
    registrar.on({}, [](int) {});
    // must say: A callback returns foley::Outcome
    registrar.on({}, [](const foley::Event&, foley::Context&) { return "done"; });
    // must say: A callback for gaps is a function of (const foley::Gap&, foley::Context&).
    registrar.on_gap([](const foley::Event&, foley::Context&) {});
    // must say: A callback for timers is a function of (foley::Context&).
    registrar.every(1s, [] {});
    // must say: range() is for settings that are numbers, durations or sizes.
    registrar.setting("name", "x", "").range(1, 2);
    // must say: range() takes two values of the setting's own kind
    registrar.setting("poll", 5s, "").range(1, 2);
    // must say: choices() is for settings that are texts
    registrar.setting("count", 5, "").choices({"a"});
    // must say: A duration setting is a foley::Setting<foley::Duration> (microseconds)
    foley::Setting<std::chrono::seconds> poll;
    // must say: A secret has no default
    registrar.setting("key", foley::Secret("x"), "");
    // must say: A setting that is an enum is declared with registrar.choice().
    registrar.setting("mode", Mode::one, "");
    // must say: A setting that is a whole number is a foley::Setting<std::int64_t>.
    foley::Setting<int> count;
    // must say: A setting is a bool, std::int64_t, double
    foley::Setting<Mine> mine;
    // must say: on_start takes a function of (foley::Context&).
    registrar.on_start([](int) {});
#endif
}
