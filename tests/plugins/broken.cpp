// Libraries that never get as far as a callback; FOLEY_BROKEN says in which way this one is broken.
#include <foley/abi.h>

#include <stdexcept>

#define EXPORTED extern "C" __attribute__((visibility("default")))
#define CRASHES 1     // a static constructor crashes
#define THROWS 2      // the registration throws
#define REFUSES 3     // the registration says no
#define OTHER_ABI 4   // exports the entry function of another ABI
#define NO_ENTRY 5    // exports none
#define UNRESOLVED 6  // calls a function that nobody has
#define HANGS 7       // a static constructor never returns
#define SEGFAULTS 8   // the registration crashes
#define EXITS 9       // a static constructor calls exit
#define NO_JSON 10    // settings whose default, minimum and maximum are no JSON; refuses when all three are refused

#if FOLEY_BROKEN == CRASHES || FOLEY_BROKEN == HANGS || FOLEY_BROKEN == EXITS
#include <cstdlib>
namespace {
struct Constructed {
    __attribute__((noinline)) Constructed() {
#if FOLEY_BROKEN == CRASHES
        auto* nowhere = reinterpret_cast<volatile int*>(16);  // NOLINT(performance-no-int-to-ptr)
        *nowhere = 1;                                         // NOLINT(clang-analyzer-core.FixedAddressDereference)
#elif FOLEY_BROKEN == EXITS
        std::exit(9);
#else
        for (volatile int forever = 1; forever == 1;) {
        }
#endif
    }
};
const Constructed constructed;  // NOLINT(cert-err58-cpp): its purpose
}  // namespace
#endif

#if FOLEY_BROKEN == UNRESOLVED
namespace studio {
void function_that_nobody_has(int number);
}
#endif

#if FOLEY_BROKEN == OTHER_ABI
EXPORTED int foley_plugin_v7(const void*, void*) {
    return 0;
}
#elif FOLEY_BROKEN == NO_ENTRY
EXPORTED int some_other_function() {
    return 0;
}
#else
EXPORTED int foley_plugin_v1(const foley_host* host, foley_plugin*) {
#if FOLEY_BROKEN == THROWS
    throw std::runtime_error("no idea how to register");
#elif FOLEY_BROKEN == UNRESOLVED
    studio::function_that_nobody_has(1);
#elif FOLEY_BROKEN == SEGFAULTS
    auto* nowhere = reinterpret_cast<volatile int*>(24);  // NOLINT(performance-no-int-to-ptr)
    *nowhere = 1;                                         // NOLINT(clang-analyzer-core.FixedAddressDereference)
#elif FOLEY_BROKEN == REFUSES
    const char why[] = "this plugin only works on Tuesdays";
    host->log(host->self, FOLEY_LOG_ERROR, {why, sizeof why - 1});
    return FOLEY_EINVAL;
#elif FOLEY_BROKEN == NO_JSON
    const char name[] = "poll";
    const char no_json[] = "5 s";
    int refused = 0;
    for (foley_text foley_setting::*member :
         {&foley_setting::default_value, &foley_setting::minimum, &foley_setting::maximum}) {
        foley_setting setting{};
        setting.size = sizeof setting;
        setting.type = FOLEY_SETTING_DURATION;
        setting.name = {name, sizeof name - 1};
        setting.*member = {no_json, sizeof no_json - 1};
        if (host->add_setting(host->self, &setting) == FOLEY_EINVAL) ++refused;
    }
    return refused == 3 ? FOLEY_EINVAL : FOLEY_OK;
#endif
    static_cast<void>(host);
    return FOLEY_OK;
}
#endif
