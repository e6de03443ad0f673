/* A plugin as it was written against ABI 1.0, with the header of that release beside it. It must load for ever. */
#include "abi.h"

#include <stdio.h>
#include <string.h>

static const foley_host* host;
static char why[256];

static foley_text text(const char* from) {
    foley_text result;
    result.data = from;
    result.size = strlen(from);
    return result;
}

static void on_event(void* self, const foley_event* event, foley_outcome* outcome) {
    (void)self;
    host->state_put(host->self, text("last"), event->id);
    snprintf(why, sizeof why, "%.*s seen", (int)event->id.size, event->id.data);
    outcome->code = FOLEY_IGNORED;
    outcome->why = text(why);
}

static void start(void* self, foley_outcome* outcome) {
    (void)self;
    (void)outcome;
    host->log(host->self, FOLEY_LOG_INFO, host->settings(host->self));
}

__attribute__((visibility("default"))) int foley_plugin_v1(const foley_host* from, foley_plugin* plugin) {
    foley_text type = text("abi.*");
    foley_callback callback;
    foley_setting setting;
    int code;

    if (from->abi_major != FOLEY_ABI_MAJOR) return FOLEY_EINVAL;
    host = from;
    memset(&setting, 0, sizeof setting);
    setting.size = sizeof setting;
    setting.type = FOLEY_SETTING_TEXT;
    setting.name = text("greeting");
    setting.description = text("How to greet.");
    setting.default_value = text("\"Hello\"");
    code = host->add_setting(host->self, &setting);
    if (code != FOLEY_OK) return code;

    memset(&callback, 0, sizeof callback);
    callback.size = sizeof callback;
    callback.kind = FOLEY_CALLBACK_EVENT;
    callback.name = text("on_event");
    foley_filter filter = {0};
    filter.size = sizeof filter;
    callback.filter = &filter;
    filter.type.items = &type;
    filter.type.count = 1;
    callback.call = on_event;
    code = host->add_callback(host->self, &callback);
    if (code != FOLEY_OK) return code;

    plugin->sdk_version = text("abi-1.0");
    plugin->compiler = text("cc");
    plugin->start = start;
    return FOLEY_OK;
}
