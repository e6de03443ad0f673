/* foley/abi.h: the only thing that crosses the boundary between a host and a plugin library.
 *
 * Conventions
 *  1. C only: plain structs, function pointers, UTF-8 with lengths. No exception and no C++ type crosses.
 *  2. Every struct starts with `size`, set by whoever filled it to the sizeof that he knows. The reader reads only as
 * far as the size says; a member beyond it counts as zero. Members are only ever appended, and never change meaning.
 *     That is a minor version. Anything else is a new major version, and the entry function's name carries it.
 *  3. A foley_text is not terminated, may hold NUL, and is valid until the call it was passed to returns, unless its
 *     comment says longer. Who wants to keep it copies it.
 *  4. Functions return FOLEY_OK (0) or a FOLEY_E… code; the host's functions never throw and never end the process.
 *  5. The host calls all functions of the plugin from one thread, its main one, one at a time. The plugin may call
 *     log() and progress() of the host from any thread, everything else only from inside one of its functions.
 *  6. Times are microseconds; points in time since 1970 UTC.
 *
 * A plugin in another language needs this file and nothing else.
 */
#ifndef FOLEY_ABI_H
#define FOLEY_ABI_H

#include <stddef.h>
#include <stdint.h>

#define FOLEY_ABI_MAJOR 1
#define FOLEY_ABI_MINOR 0

#ifdef __cplusplus
extern "C" {
#endif

enum {
    FOLEY_OK = 0,
    FOLEY_EINVAL = 1,    /* an argument makes no sense; logged by the host with a sentence */
    FOLEY_ENOTFOUND = 2, /* there is no such key, site, … */
    FOLEY_ELATE = 3,     /* not allowed any more (registration after the entry function) or not now */
    FOLEY_ETOOBIG = 4,   /* over a stated limit */
    FOLEY_EIO = 5        /* the daemon did not answer */
};

typedef struct foley_text {
    const char* data; /* may be null when size is 0 */
    size_t size;      /* bytes */
} foley_text;

typedef struct foley_text_list {
    const foley_text* items;
    size_t count;
} foley_text_list;

/* ── events ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { FOLEY_EVENT_SITE = 0, FOLEY_EVENT_GAP = 1 };
enum { FOLEY_SHAPE_PLAIN = 0, FOLEY_SHAPE_FTRACK = 1, FOLEY_SHAPE_SHOTGRID = 2, FOLEY_SHAPE_AYON = 3 };

typedef struct foley_event {
    size_t size;
    uint64_t sequence;   /* number in the journal; 0 in a test without one */
    int32_t kind;        /* FOLEY_EVENT_… */
    int32_t shape;       /* FOLEY_SHAPE_…: whose conventions the payload follows */
    foley_text source;   /* the source's name in the daemon's configuration */
    foley_text id;       /* the source's own id */
    foley_text type;     /* ftrack: topic; ShotGrid: event_type */
    foley_text payload;  /* JSON text as the site sent it; of a gap {"from":…,"until":…,"reason":…} */
    foley_text site;     /* the name of the site connection that the event came from; empty: none */
    int64_t received_at; /* when the source received it */
    int64_t deadline;    /* when nobody waits for a reply any more; 0: nobody waits */
    uint32_t attempt;    /* 1 for the first */
    int32_t reserved;
} foley_event;

/* ── outcomes ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum {
    FOLEY_DONE = 0,
    FOLEY_IGNORED = 1,
    FOLEY_RETRY_AFTER = 2, /* not now: again after delay; later events of the same entities wait behind it */
    FOLEY_HOLD = 3,        /* the world is away: take nothing else, this one again after delay */
    FOLEY_FAILED = 4,
    FOLEY_AGAIN_AFTER = 5 /* timers only: there is more to do, call again after delay, events may pass */
};

typedef struct foley_outcome {
    size_t size;     /* set by the host before the call */
    int32_t code;    /* set by the host to FOLEY_DONE before the call */
    int32_t backoff; /* with FOLEY_RETRY_AFTER: not 0 = the host chooses the delay, rising with the attempts */
    int64_t delay;   /* of FOLEY_RETRY_AFTER, FOLEY_HOLD, FOLEY_AGAIN_AFTER */
    foley_text why;  /* must stay valid until the plugin is next called */
} foley_outcome;

/* ── registration ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* Each list holds alternatives; an empty list or "*" is any; a trailing "*" makes a prefix. */
typedef struct foley_filter {
    size_t size;
    foley_text_list source;
    foley_text_list type;
    foley_text_list attribute;
    foley_text_list entity_type;
    foley_text_list project;
    foley_text_list exclude_project;
} foley_filter;

enum { FOLEY_CALLBACK_EVENT = 0, FOLEY_CALLBACK_GAP = 1, FOLEY_CALLBACK_TIMER = 2 };
enum {
    FOLEY_ON_ERROR_DEFAULT = 0, /* as configured for the plugin */
    FOLEY_ON_ERROR_DISABLE = 1,
    FOLEY_ON_ERROR_SKIP = 2,
    FOLEY_ON_ERROR_RETRY = 3,
    FOLEY_ON_ERROR_HOLD = 4
};

typedef struct foley_callback {
    size_t size;
    int32_t kind;               /* FOLEY_CALLBACK_… */
    int32_t on_error;           /* FOLEY_ON_ERROR_… */
    foley_text name;            /* for logs and reports: "on_status" */
    const foley_filter* filter; /* of events; of gaps only `source` counts; null: any. Read during add_callback only */
    int64_t interval;           /* of timers; at least 1000 */
    void* self;                 /* handed to call */
    /* `event` is null for timers. Must not throw. */
    void (*call)(void* self, const foley_event* event, foley_outcome* outcome);
} foley_callback;

enum {
    FOLEY_SETTING_BOOLEAN = 0,
    FOLEY_SETTING_INTEGER = 1,
    FOLEY_SETTING_NUMBER = 2,
    FOLEY_SETTING_TEXT = 3,
    FOLEY_SETTING_DURATION = 4, /* written "5s", "1h 30m"; arrives as microseconds */
    FOLEY_SETTING_SIZE = 5,     /* written "64 MiB"; arrives as bytes */
    FOLEY_SETTING_PATH = 6,     /* text, absolute */
    FOLEY_SETTING_SECRET = 7,   /* written {file: …} or {env: …}; arrives as text, never shown */
    FOLEY_SETTING_LIST = 8,     /* of texts */
    FOLEY_SETTING_MAP = 9,      /* any mapping, arrives as it is */
    FOLEY_SETTING_CHOICE = 10   /* text, one of `choices` */
};

typedef struct foley_setting {
    size_t size;
    int32_t type;     /* FOLEY_SETTING_… */
    int32_t required; /* 1: an error when absent; default_value is then not read */
    foley_text name;
    foley_text description;   /* a sentence */
    foley_text default_value; /* JSON; durations in microseconds, sizes in bytes */
    foley_text minimum;       /* JSON number, or empty */
    foley_text maximum;
    foley_text_list choices;
} foley_setting;

/* ── what the host offers ───────────────────────────────────────────────────────────────────────────────────────── */

enum { FOLEY_LOG_DEBUG = 0, FOLEY_LOG_INFO = 1, FOLEY_LOG_WARNING = 2, FOLEY_LOG_ERROR = 3 };

typedef struct foley_host {
    size_t size;
    uint32_t abi_major;
    uint32_t abi_minor;
    void* self; /* first argument of every function below */

    /* Only inside the entry function. The structs are copied. */
    int (*add_callback)(void* self, const foley_callback* callback);
    int (*add_setting)(void* self, const foley_setting* setting);

    /* Any thread. A text over 64 KiB is cut. */
    void (*log)(void* self, int32_t level, foley_text text);
    /* Any thread. "Still at work": restarts the watchdog's clock for the present callback. */
    void (*progress)(void* self, foley_text what);

    /* From `start` on. JSON object: name -> value for every declared setting that is configured, checked against its
     * declaration. Valid until the plugin ends. */
    foley_text (*settings)(void* self);
    /* From `start` on. JSON object {"name","kind","url","user","secret","proxy","ca_file",…} of a site connection; an
     * empty name asks for the only or default one. Valid until the plugin ends. */
    int (*site)(void* self, foley_text name, foley_text* out);
    /* 1: change nothing outside; say what would be done. */
    int (*dry_run)(void* self);

    /* The plugin's durable key-value store. Keys 1 to 1024 bytes, values to 1 MiB. Reads see the callback's own writes.
     * Writes become durable together with the outcome of the present callback; they are dropped when it fails. */
    int (*state_get)(void* self, foley_text key, foley_text* out); /* out: valid until the next state_… call */
    int (*state_put)(void* self, foley_text key, foley_text value);
    int (*state_erase)(void* self, foley_text key);
    /* Calls `each` for up to `limit` pairs whose key starts with `prefix` and is greater than `after`, ascending. */
    int (*state_list)(void* self, foley_text prefix, foley_text after, size_t limit, void* each_self,
                      void (*each)(void* each_self, foley_text key, foley_text value));

    /* Answers the person who waits for the present event. JSON, else FOLEY_EINVAL. FOLEY_ELATE: nobody waits (any
     * more). */
    int (*reply)(void* self, foley_text json);
} foley_host;

/* ── what the plugin offers ─────────────────────────────────────────────────────────────────────────────────────── */

typedef struct foley_plugin {
    size_t size;            /* set by the host before the call */
    foley_text sdk_version; /* "0.1.0"; these two must stay valid until the plugin ends */
    foley_text compiler;    /* "g++ 12.2.0" */
    void* self;
    /* Each may be null. Called once, before the first callback; an outcome other than FOLEY_DONE refuses the start
     * (FOLEY_HOLD and FOLEY_RETRY_AFTER: try again after delay). */
    void (*start)(void* self, foley_outcome* outcome);
    /* Called once, after the last callback of an orderly end. */
    void (*stop)(void* self);
} foley_plugin;

/* The one exported symbol. Registers callbacks and settings with `host`, which stays valid until the plugin ends, and
 * fills `plugin`. Returns FOLEY_OK, or anything else to refuse; the reason goes to log(). */
int foley_plugin_v1(const foley_host* host, foley_plugin* plugin);
typedef int (*foley_plugin_entry_v1)(const foley_host* host, foley_plugin* plugin);

#define FOLEY_ENTRY_NAME "foley_plugin_v1"

#ifdef __cplusplus
}
#endif

#endif /* FOLEY_ABI_H */
