/* foley/abi.h is C: this file includes it as C and writes a plugin in it. */
#include <foley/abi.h>

#include <string.h>

static const char kName[] = "in_c";

static void on_event(void* self, const foley_event* event, foley_outcome* outcome) {
    int* calls = self;
    ++*calls;
    if (event->type.size == 6 && memcmp(event->type.data, "ignore", 6) == 0) outcome->code = FOLEY_IGNORED;
}

static int calls;

int foley_c_plugin(const foley_host* host, foley_plugin* plugin) {
    foley_callback callback;
    memset(&callback, 0, sizeof callback);
    callback.size = sizeof callback;
    callback.kind = FOLEY_CALLBACK_EVENT;
    callback.name.data = kName;
    callback.name.size = sizeof kName - 1;
    callback.self = &calls;
    callback.call = on_event;
    plugin->sdk_version.data = "c";
    plugin->sdk_version.size = 1;
    return host->add_callback(host->self, &callback);
}

int foley_c_calls(void) {
    return calls;
}
