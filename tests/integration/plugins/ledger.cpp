// ledger: proves what the key-value store promises. Every event is entered in the store as it is finished; an event
// that is in there must never come again, and the count in there must be the number of events.
//
// An event whose number modulo 10 is 3 or 6 is retried twice, with an entry of its own each time; 9 fails, which the
// configuration makes a dead letter. Each call appends a line to a file, as recorder does; a broken promise appends
//     broken <sequence> <what>
#include <foley/plugin.hpp>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace {

int file = -1;

void line(const std::string& text) {
    const std::string whole = text + " " + std::to_string(::getpid()) + "\n";
    if (::write(file, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) {
        throw std::system_error(errno, std::system_category(), "write a line");
    }
}

std::uint64_t number(const std::optional<std::string>& text) {
    return text ? std::stoull(*text) : 0;
}

foley::Outcome enter(const foley::Event& event, foley::Context& context) {
    foley::State& state = context.state();
    const std::string id(event.id());
    const std::string sequence = std::to_string(event.sequence());
    if (state.get("finished:" + id)) line("broken " + sequence + " finished-before");
    // What the attempts before this one wrote is there, and nothing of a later one.
    const std::uint64_t tries = number(state.get("tries:" + id));
    if (tries + 1 != event.attempt()) {
        line("broken " + sequence + " tries-" + std::to_string(tries) + "-attempt-" + std::to_string(event.attempt()));
    }
    const std::uint64_t kind = std::stoull(id) % 10;
    const auto told = [&](foley::Outcome outcome) {
        line("event " + sequence + " " + id + " " + std::to_string(event.attempt()) + " 0");
        return outcome;
    };
    if (kind == 9) {
        state.put("finished:" + id, "never");  // dropped with the failure
        return told(foley::failed("every tenth fails"));
    }
    if ((kind == 3 || kind == 6) && event.attempt() < 3) {
        state.put("tries:" + id, std::to_string(event.attempt()));
        return told(foley::retry_after(std::chrono::milliseconds(30), "twice more"));
    }
    state.put("finished:" + id, std::to_string(event.attempt()));
    state.put("count", std::to_string(number(state.get("count")) + 1));
    return told(foley::done());
}

}  // namespace

FOLEY_PLUGIN(registrar) {
    const auto path = registrar.required<std::filesystem::path>("file", "Where the lines go.");
    registrar.on_start([path](foley::Context& context) {
        file = ::open(context.get(path).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
        if (file < 0) throw std::system_error(errno, std::system_category(), "open " + context.get(path).string());
    });
    // Says what the store holds when it is asked: event type test.report.
    registrar.on({.type = "test.report"}, [](const foley::Event& event, foley::Context& context) {
        std::uint64_t finished = 0, tries = 0;
        context.state().for_each("finished:", [&](const std::string&, const std::string&) { ++finished; });
        context.state().for_each("tries:", [&](const std::string&, const std::string&) { ++tries; });
        line("report " + std::to_string(event.sequence()) + " " + std::to_string(finished) + " " +
             std::to_string(tries) + " " + std::to_string(number(context.state().get("count"))));
    });
    registrar.on<enter>({.type = "test.note"});
}
