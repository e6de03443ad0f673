#include "core/foleyctl/commands.hpp"
#include "core/http/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace foley::core {
namespace {

struct EmitOptions {
    std::string event, source = "emit", shape = "plain";
};

struct Sum {
    std::uint64_t appended = 0, duplicates = 0, head = 0;
};

void send(Session& session, const EmitOptions& options, std::string lines, Sum& sum) {
    const std::string target =
        fmt::format("/v1/events?source={}&shape={}", percent_encoded(options.source), percent_encoded(options.shape));
    const json::Document answer = json::parse(session.daemon().post(target, std::move(lines), "application/x-ndjson"));
    const auto number = [&answer](const char* name) {
        return static_cast<std::uint64_t>(json::integer(json::find(answer, name)).value_or(0));
    };
    sum.appended += number("appended");
    sum.duplicates += number("duplicates");
    sum.head = number("head");
}

// Lines are sent in groups: one commit of the journal each.
void send_lines(Session& session, const EmitOptions& options, std::istream& in, Sum& sum) {
    constexpr std::size_t kLines = 1000;
    constexpr std::size_t kBytes = std::size_t{8} << 20;
    std::string lines;
    std::size_t count = 0;
    for (std::string line; std::getline(in, line);) {
        lines += line;
        lines += '\n';
        if (++count < kLines && lines.size() < kBytes) continue;
        send(session, options, std::exchange(lines, {}), sum);
        count = 0;
    }
    if (lines.find_first_not_of(" \t\r\n") != std::string::npos) send(session, options, std::move(lines), sum);
}

CtlExit emit(Session& session, const EmitOptions& options) {
    Sum sum;
    if (options.event.empty() || options.event == "-") {
        send_lines(session, options, std::cin, sum);
    } else {
        std::string line = options.event;  // a line break outside of a JSON string is only a space
        std::replace(line.begin(), line.end(), '\n', ' ');
        send(session, options, std::move(line), sum);
    }
    if (session.as_json) {
        std::cout << fmt::format("{{\"appended\":{},\"duplicates\":{},\"head\":{}}}\n", sum.appended, sum.duplicates,
                                 sum.head);
        return CtlExit::ok;
    }
    std::cout << fmt::format("{} {} in the journal, which now ends with {}", sum.appended,
                             sum.appended == 1 ? "event" : "events", sum.head);
    if (sum.duplicates > 0) std::cout << fmt::format("; {} were there already", sum.duplicates);
    std::cout << '\n';
    return CtlExit::ok;
}

}  // namespace

void add_emit_command(CLI::App& app, Session& session) {
    auto options = std::make_shared<EmitOptions>();
    auto* command = app.add_subcommand("emit", "Put events into the journal by hand");
    command->add_option("EVENT", options->event, "A JSON object; without it, JSON lines are read from stdin");
    command->add_option("--source", options->source, "The source that they seem to come from")->capture_default_str();
    command->add_option("--shape", options->shape, "Whose conventions they follow")
        ->check(CLI::IsMember({"plain", "ftrack", "shotgrid", "ayon"}))
        ->capture_default_str();
    command->footer(
        "An event whose id is in the journal already is not put there again. Examples:\n"
        "  foleyctl emit '{\"type\": \"greeting\", \"text\": \"hello\"}'\n"
        "  foleyctl emit --shape ftrack --source studio < recorded.jsonl");
    command->callback(
        [&session, options] { session.chosen = [&session, options] { return emit(session, *options); }; });
}

}  // namespace foley::core
