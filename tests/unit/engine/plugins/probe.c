/* A plugin in C, against abi.h alone: appends what it is given to the file named by PROBE_FILE and does what the
 * payload says. PROBE_BUILD tells one build from another. */
#include <foley/abi.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PROBE_BUILD
#define PROBE_BUILD 1
#endif

static const foley_host* host;

static foley_text text(const char* chars) {
    foley_text made = {chars, strlen(chars)};
    return made;
}

static int says(const foley_event* event, const char* what) {
    return memmem(event->payload.data, event->payload.size, what, strlen(what)) != NULL;
}

static void note(const char* line) {
    const char* path = getenv("PROBE_FILE");
    const int file = path == NULL ? -1 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (write(file, line, strlen(line)) < 0) perror("probe");
    close(file);
}

static int world_is_away(void) {
    return access(getenv("PROBE_WORLD"), F_OK) != 0;
}

static void on_event(void* self, const foley_event* event, foley_outcome* outcome) {
    char line[64];
    (void)self;
    snprintf(line, sizeof line, "%llu %d %u\n", (unsigned long long)event->sequence, PROBE_BUILD, event->attempt);
    note(line);
    if (says(event, "crash")) abort();
    while (says(event, "wait") && world_is_away())
        usleep(1000);
    if (says(event, "answer")) host->reply(host->self, text("{}"));
    while (says(event, "stuck") && PROBE_BUILD == 1)
        pause();
    if (says(event, "keep")) host->state_put(host->self, text("last"), text("kept"));
    if (says(event, "retry") && world_is_away()) {
        outcome->code = FOLEY_RETRY_AFTER;
        outcome->delay = 20000;
        outcome->why = text("not yet");
    }
    if (says(event, "hold") && world_is_away()) {
        outcome->code = FOLEY_HOLD;
        outcome->delay = 20000;
        outcome->why = text("the world is away");
    }
    if (says(event, "fail") && PROBE_BUILD == 1) {
        outcome->code = FOLEY_FAILED;
        outcome->why = text("as asked");
    }
}

static void on_tick(void* self, const foley_event* event, foley_outcome* outcome) {
    (void)self;
    (void)event;
    (void)outcome;
    note("tick\n");
}

#ifdef PROBE_START_FAILS
static void on_start(void* self, foley_outcome* outcome) {
    (void)self;
    outcome->code = FOLEY_FAILED;
    outcome->why = text("cannot start");
}
#endif

__attribute__((visibility("default"))) int foley_plugin_v1(const foley_host* given, foley_plugin* plugin) {
    foley_text types[1];
    foley_callback callback;
    foley_filter filter;
    host = given;
    memset(&callback, 0, sizeof callback);
    callback.size = sizeof callback;
    callback.kind = FOLEY_CALLBACK_EVENT;
    callback.name = text("on_event");
    memset(&filter, 0, sizeof filter);
    filter.size = sizeof filter;
    types[0] = text("probe.*");
    filter.type.items = types;
    filter.type.count = 1;
    callback.filter = &filter;
    callback.call = on_event;
    if (host->add_callback(host->self, &callback) != FOLEY_OK) return FOLEY_EINVAL;
#ifdef PROBE_TIMER
    callback.kind = FOLEY_CALLBACK_TIMER;
    callback.name = text("on_tick");
    callback.interval = 20000;
    callback.call = on_tick;
    if (host->add_callback(host->self, &callback) != FOLEY_OK) return FOLEY_EINVAL;
#else
    (void)on_tick;
#endif
#ifdef PROBE_START_FAILS
    plugin->start = on_start;
#endif
    plugin->sdk_version = text("none");
    plugin->compiler = text("cc");
    return FOLEY_OK;
}
