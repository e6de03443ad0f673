// A plugin that does in each callback what the event tells it to, mostly harm. Written against foley/abi.h alone.
//
// The payload of an event is {"do": "<command>", "second": "<command>"}: what the first and the second callback do.
// The setting `timer` says what the timer does, `start` and `stop` what on_start and on_stop do; a missing command is
// "done". A command is a word, with an argument behind a colon.
#include <foley/abi.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

namespace {

const foley_host* host = nullptr;
std::string why;  // of the last outcome; valid until the next call

std::string_view view(foley_text text) {
    return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}
foley_text text(std::string_view view) {
    return {view.data(), view.size()};
}

void log(int level, std::string_view line) {
    host->log(host->self, level, text(line));
}

// The text behind "key": " in a JSON object; enough for what the tests write.
std::string member(std::string_view json, std::string_view key) {
    const std::string quoted = '"' + std::string(key) + "\"";
    std::size_t at = json.find(quoted);
    if (at == std::string_view::npos) return "done";
    at = json.find('"', at + quoted.size());
    if (at == std::string_view::npos) return "done";
    return std::string(json.substr(at + 1, json.find('"', at + 1) - at - 1));
}

volatile int sink = 0;

NOINLINE void crash_by_segfault() {
    auto* nowhere = reinterpret_cast<volatile int*>(8);  // NOLINT(performance-no-int-to-ptr)
    *nowhere = 1;                                        // NOLINT(clang-analyzer-core.FixedAddressDereference)
    sink = 1;
}

NOINLINE void crash_by_call_of_nothing() {
    void (*volatile nothing)() = nullptr;
    nothing();  // NOLINT(clang-analyzer-core.CallAndMessage)
    sink = 2;
}

NOINLINE void crash_by_abort() {
    std::abort();
    sink = 3;
}

NOINLINE void leave_by_exit() {
    std::exit(3);
    sink = 4;
}

NOINLINE void leave_by_underscore_exit() {
    ::_exit(4);
}
NOINLINE void leave_by_quick_exit() {
    std::quick_exit(5);
}

NOINLINE int overflow_the_stack(int depth) {  // NOLINT(misc-no-recursion): its purpose
    volatile char frame[512];
    frame[0] = static_cast<char>(depth);
    return depth == -1 ? 0 : overflow_the_stack(depth + 1) + frame[0];
}

NOINLINE void exhaust_memory() {
    std::vector<char*> blocks;
    for (;;) {
        blocks.push_back(new char[1 << 20]);
        std::memset(blocks.back(), 1, 1 << 20);
    }
}

NOINLINE void never_return() {
    for (;;)
        sink = 1 - sink;  // never overflows, however long it goes on
}

NOINLINE void throw_in_a_thread() {
    std::thread([] { throw std::runtime_error("nobody catches this"); }).join();
}

NOINLINE void overflow_in_a_thread() {
    std::thread([] { sink = overflow_the_stack(0); }).join();
}

void close_descriptors() {
    for (int fd = 3; fd < 64; ++fd)
        ::close(fd);
    log(FOLEY_LOG_INFO, "is anybody there?");
}

// Opens something else at the number of each descriptor that was closed.
void replace_descriptors(bool by_sockets) {
    for (int fd = 3; fd < 64; ++fd)
        ::close(fd);
    for (int i = 0; i < 8; ++i) {
        if (by_sockets) {
            static_cast<void>(::socket(AF_UNIX, SOCK_STREAM, 0));
        } else {
            static_cast<void>(::open("replaced", O_RDWR | O_CREAT, 0600));
        }
    }
    log(FOLEY_LOG_INFO, "into somebody else's file?");
}

// Until there is a file of that name.
void wait_for(const std::string& file) {
    while (::access(file.c_str(), F_OK) != 0)
        ::usleep(1000);
}

void report_progress(int milliseconds) {
    for (int passed = 0; passed < milliseconds; passed += 10) {
        ::usleep(10000);
        host->progress(host->self, text("still at it"));
    }
}

void put(std::string_view argument) {
    const std::size_t equals = argument.find('=');
    const int code = equals == std::string_view::npos ? host->state_erase(host->self, text(argument))
                                                      : host->state_put(host->self, text(argument.substr(0, equals)),
                                                                        text(argument.substr(equals + 1)));
    if (code != FOLEY_OK) log(FOLEY_LOG_ERROR, "put: " + std::to_string(code));
}

void get(std::string_view key) {
    foley_text value{};
    const int code = host->state_get(host->self, text(key), &value);
    log(FOLEY_LOG_INFO, std::string(key) + " is " +
                            (code == FOLEY_OK ? std::string(view(value)) : "absent (" + std::to_string(code) + ")"));
}

void list(std::string_view prefix) {
    std::string pairs;
    host->state_list(host->self, text(prefix), text(""), 100, &pairs, [](void* self, foley_text key, foley_text value) {
        *static_cast<std::string*>(self) += std::string(view(key)) + "=" + std::string(view(value)) + ";";
    });
    log(FOLEY_LOG_INFO, "list " + pairs);
}

void append(std::string_view file, const foley_event* event) {
    const std::string line = std::to_string(event == nullptr ? 0 : event->sequence) + "\n";
    const int fd = ::open(std::string(file).c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
    static_cast<void>(!::write(fd, line.data(), line.size()));
    ::close(fd);
}

void reply(std::string_view json) {
    log(FOLEY_LOG_INFO, "reply: " + std::to_string(host->reply(host->self, text(json))));
}

void come_to(foley_outcome* outcome, int code, std::string_view reason, int64_t delay = 0) {
    why = reason;
    outcome->code = code;
    outcome->why = text(why);
    outcome->delay = delay;
}

// What ends the process, or should.
bool harm(std::string_view word, std::string_view argument) {
    const int number = std::atoi(std::string(argument).c_str());
    if (word == "segfault") return crash_by_segfault(), true;
    if (word == "call_nothing") return crash_by_call_of_nothing(), true;
    if (word == "abort") return crash_by_abort(), true;
    if (word == "exit") return leave_by_exit(), true;
    if (word == "_exit") return leave_by_underscore_exit(), true;
    if (word == "quick_exit") return leave_by_quick_exit(), true;
    if (word == "overflow") return sink = overflow_the_stack(0), true;
    if (word == "exhaust") return exhaust_memory(), true;
    if (word == "hang") return never_return(), true;
    if (word == "throw_in_thread") return throw_in_a_thread(), true;
    if (word == "overflow_in_thread") return overflow_in_a_thread(), true;
    if (word == "close") return close_descriptors(), true;
    if (word == "replace") return replace_descriptors(argument == "sockets"), true;
    if (word == "raise") return static_cast<void>(::raise(number)), true;
    if (word == "throw") throw std::runtime_error("thrown on purpose");
    if (word == "throw_int") throw 42;
    return false;
}

void perform(std::string_view command, const foley_event* event, foley_outcome* outcome) {
    const std::size_t colon = command.find(':');
    const std::string_view word = command.substr(0, colon);
    const std::string_view argument = colon == std::string_view::npos ? "" : command.substr(colon + 1);
    const int number = std::atoi(std::string(argument).c_str());
    if (harm(word, argument)) return;
    if (word == "ignored") come_to(outcome, FOLEY_IGNORED, "not mine");
    if (word == "fail") come_to(outcome, FOLEY_FAILED, "as I was told");
    if (word == "retry") come_to(outcome, FOLEY_RETRY_AFTER, "not yet", number);
    if (word == "hold") come_to(outcome, FOLEY_HOLD, "the share is away", number);
    if (word == "again") come_to(outcome, FOLEY_AGAIN_AFTER, "more to do", number);
    if (word == "unknown_outcome") come_to(outcome, 99, "");
    if (word == "sleep") ::usleep(static_cast<unsigned>(number) * 1000);
    if (word == "wait") wait_for(std::string(argument));
    if (word == "progress") report_progress(number);
    if (word == "print") std::printf("%s\n", std::string(argument).c_str());
    if (word == "print_error") std::fprintf(stderr, "%s", std::string(argument).c_str());
    if (word == "put") put(argument);
    if (word == "put_and_fail") {
        put(argument);
        come_to(outcome, FOLEY_FAILED, "after a write");
    }
    if (word == "get") get(argument);
    if (word == "list") list(argument);
    if (word == "put_and_list") {
        put(argument);
        list("");
    }
    if (word == "append") append(argument, event);
    if (word == "reply") reply(argument.empty() ? "{\"success\": true}" : argument);
}

std::string setting(std::string_view name) {
    return member(view(host->settings(host->self)), name);
}

void on_first(void*, const foley_event* event, foley_outcome* outcome) {
    perform(member(view(event->payload), "do"), event, outcome);
}
void on_second(void*, const foley_event* event, foley_outcome* outcome) {
    perform(member(view(event->payload), "second"), event, outcome);
}
void on_timer(void*, const foley_event*, foley_outcome* outcome) {
    perform(setting("timer"), nullptr, outcome);
}

void add(const char* name, int kind, int64_t interval,
         void (*call)(void* self, const foley_event* event, foley_outcome* outcome)) {
    foley_callback callback{};
    callback.size = sizeof callback;
    callback.kind = kind;
    callback.name = text(name);
    callback.interval = interval;
    callback.call = call;
    host->add_callback(host->self, &callback);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int foley_plugin_v1(const foley_host* given, foley_plugin* plugin) {
    host = given;
    add("on_first", FOLEY_CALLBACK_EVENT, 0, on_first);
    add("on_second", FOLEY_CALLBACK_EVENT, 0, on_second);
    add("on_timer", FOLEY_CALLBACK_TIMER, 1000000, on_timer);
    for (const char* name : {"timer", "start", "stop"}) {
        foley_setting declared{};
        declared.size = sizeof declared;
        declared.type = FOLEY_SETTING_TEXT;
        declared.name = text(name);
        declared.description = text("what to do there");
        declared.default_value = text("\"done\"");
        host->add_setting(host->self, &declared);
    }
    plugin->sdk_version = text("none");
    plugin->compiler = text(__VERSION__);
    plugin->start = [](void*, foley_outcome* outcome) { perform(setting("start"), nullptr, outcome); };
    plugin->stop = [](void*) {
        foley_outcome outcome{};
        perform(setting("stop"), nullptr, &outcome);
    };
    return FOLEY_OK;
}
