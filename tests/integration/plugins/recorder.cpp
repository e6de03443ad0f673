// recorder: writes a line for all that reaches it, and does what an event's payload asks for.
//
// One line per call, each with one write at the end of a file, as the last thing that a callback does:
//     start <build> <pid>                      stop <build> <pid>
//     event <sequence> <id> <attempt> <build> <pid> [<nanoseconds>]
//     gap <sequence> <from> <until> <build> <pid>
// The build is a mark in the library itself, which the harness overwrites in the copy that it installs: so every copy
// is another build, without a compiler. With `stamps` an event's line ends with the steady clock's time at which its
// callback began; with `silent` events leave no line at all.
//
// With `obeys`, an event's payload steers what happens, for this plugin only when "for" names it or names nobody:
//     "outcomes": ["retry:20", "fail", "throw", "hold:20", "ignore", "done"]  by attempt; the last one stands for more
//     "fail_while", "hold_while", "wait_until": a path; as long as it exists, as long as it exists, until it exists
//     "put": {"key": "value"}, "erase": "key"   written before the outcome
//     "reply": any                              answered
//     "log": a text                             logged as an error
#include <foley/plugin.hpp>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace {

// Found by its text and overwritten in installed copies: read at run time, never folded.
volatile const char kBuild[] = "foley-test-build:00000000";

std::string build() {
    constexpr std::size_t kMarkLength = 17;
    std::string text;
    for (std::size_t at = kMarkLength; at + 1 < sizeof kBuild; ++at)
        text += kBuild[at];
    return text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
}

class Lines {
public:
    void open(const std::filesystem::path& path) {
        fd_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
        if (fd_ < 0) throw std::system_error(errno, std::system_category(), "open " + path.string());
        suffix_ = " " + build() + " " + std::to_string(::getpid());
    }
    void write(const std::string& text, const std::string& end = "\n") const {
        const std::string line = text + suffix_ + end;
        if (::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
            throw std::system_error(errno, std::system_category(), "write a line");
        }
    }

private:
    int fd_ = -1;
    std::string suffix_;
};

Lines lines;

struct Settings {
    explicit Settings(foley::Registrar& registrar)
        : file(registrar.required<std::filesystem::path>("file", "Where the lines go.")),
          name(registrar.setting("name", "", "What \"for\" in a payload calls this plugin.")),
          obeys(registrar.setting("obeys", false, "Do what payloads ask for.")),
          work(registrar.setting("work", std::chrono::microseconds(0), "How long each event takes.")),
          failing_build(registrar.setting("failing_build", "", "The build whose on_start fails.")),
          stamps(registrar.setting("stamps", false, "Write when each callback began.")),
          silent(registrar.setting("silent", false, "Write no line for events.")),
          stop_takes(registrar.setting("stop_takes", std::chrono::microseconds(0), "How long on_stop takes.")) {}
    foley::Setting<std::filesystem::path> file;
    foley::Setting<std::string> name;
    foley::Setting<bool> obeys;
    foley::Setting<foley::Duration> work;
    foley::Setting<std::string> failing_build;
    foley::Setting<bool> stamps, silent;
    foley::Setting<foley::Duration> stop_takes;
};

bool exists(std::string_view path) {
    return !path.empty() && ::access(std::string(path).c_str(), F_OK) == 0;
}

void wait_until(std::string_view path, foley::Context& context) {
    while (!path.empty() && !exists(path)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        if (context.dry_run()) return;
    }
}

std::string_view outcome_of(const foley::json::Value& script, std::uint32_t attempt) {
    const foley::json::Value& outcomes = foley::json::member(script, "outcomes");
    if (!outcomes.IsArray() || outcomes.Empty()) return "done";
    return foley::json::text_or_empty(outcomes[std::min(attempt, outcomes.Size()) - 1]);
}

foley::Outcome as_told(std::string_view outcome) {
    const auto colon = outcome.find(':');
    const std::string_view word = outcome.substr(0, colon);
    const auto delay = std::chrono::milliseconds(
        colon == std::string_view::npos ? 10 : std::stol(std::string(outcome.substr(colon + 1))));
    if (word == "retry") return foley::retry_after(delay, "told to retry");
    if (word == "hold") return foley::hold(delay, "told to hold");
    if (word == "fail") return foley::failed("told to fail");
    if (word == "throw") throw std::runtime_error("told to throw");
    if (word == "ignore") return foley::ignored("told to ignore");
    return foley::done();
}

foley::Outcome obey(const foley::Event& event, foley::Context& context, const Settings& settings) {
    using foley::json::text_or_empty;
    // An event of ftrack carries its script in its data, one of ShotGrid in its meta.
    const foley::json::Value& in_data = foley::json::find(event.json(), "data", "script");
    const foley::json::Value& in_meta = foley::json::find(event.json(), "meta", "script");
    const foley::json::Value& script = in_data.IsObject() ? in_data : in_meta.IsObject() ? in_meta : event.json();
    const std::string_view wanted = text_or_empty(script, "for");
    if (!wanted.empty() && wanted != context.get(settings.name)) return foley::done();
    wait_until(text_or_empty(script, "wait_until"), context);
    const foley::json::Value& put = foley::json::member(script, "put");
    if (put.IsObject()) {
        for (const auto& member : put.GetObject())
            context.state().put(text_or_empty(member.name), text_or_empty(member.value));
    }
    if (const auto key = text_or_empty(script, "erase"); !key.empty()) context.state().erase(key);
    if (const auto text = text_or_empty(script, "log"); !text.empty()) context.log().error("{}", text);
    const foley::json::Value& reply = foley::json::member(script, "reply");
    if (!reply.IsNull()) context.reply(reply);
    if (exists(text_or_empty(script, "fail_while"))) return foley::failed("told to fail while a file exists");
    if (exists(text_or_empty(script, "hold_while"))) {
        return foley::hold(std::chrono::milliseconds(20), "told to hold while a file exists");
    }
    return as_told(outcome_of(script, event.attempt()));
}

std::string seconds_of(const std::optional<foley::Timestamp>& time) {
    return time ? std::to_string(std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count()) : "-";
}

}  // namespace

FOLEY_PLUGIN(registrar) {
    const Settings settings(registrar);
    registrar.on_start([settings](foley::Context& context) {
        lines.open(context.get(settings.file));
        if (context.get(settings.failing_build) == build()) return foley::failed("told to fail at the start");
        lines.write("start");
        return foley::done();
    });
    registrar.on_stop([settings](foley::Context& context) {
        std::this_thread::sleep_for(context.get(settings.stop_takes));
        lines.write("stop");
    });
    registrar.on(
        {},
        [settings](const foley::Event& event, foley::Context& context) {
            const auto begin = std::chrono::steady_clock::now().time_since_epoch();
            if (context.get(settings.silent)) return foley::done();
            const auto work = context.get(settings.work);
            if (work.count() > 0) std::this_thread::sleep_for(work);
            const std::string line = "event " + std::to_string(event.sequence()) + " " + std::string(event.id()) + " " +
                                     std::to_string(event.attempt());
            const std::string end =
                context.get(settings.stamps) ? " " + std::to_string(begin / std::chrono::nanoseconds(1)) + "\n" : "\n";
            try {
                foley::Outcome outcome = context.get(settings.obeys) ? obey(event, context, settings) : foley::done();
                lines.write(line, end);
                return outcome;
            } catch (const std::runtime_error&) {
                lines.write(line, end);
                throw;
            }
        },
        {.name = "on_event"});
    registrar.on_gap(
        [](const foley::Gap& gap, foley::Context&) {
            lines.write("gap " + std::to_string(gap.sequence()) + " " + seconds_of(gap.from()) + " " +
                        seconds_of(gap.until()));
        },
        {.name = "on_gap"});
}
