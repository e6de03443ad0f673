#include "core/foleyd/library_probe.hpp"

#include <chrono>
#include <memory>

namespace foley::core {
namespace {

class ProbeListener final : public HostListener {
public:
    void attach(HostProcess& host) { host_ = &host; }
    LibraryProbe take() { return std::move(probe_); }

    void on_hello(const Hello& hello) override {
        probe_.hello = hello;
        host_->stop(std::chrono::seconds(5));
    }
    void on_log(const HostLog& log) override { probe_.output.push_back(log.text); }
    void on_output(bool /*is_stderr*/, const std::string& line) override { probe_.output.push_back(line); }
    void on_exit(HostExit exit) override {
        if (!probe_.hello) probe_.refusal = exit.why;
    }

    // A library that is never started does none of this.
    void on_started(OutcomeCode /*code*/, std::chrono::microseconds /*delay*/, const std::string& /*why*/) override {}
    void on_outcomes(std::span<const HostOutcome> /*outcomes*/) override {}
    void on_returned(std::span<const DeliveryNumber> /*deliveries*/) override {}
    void on_reply(Sequence /*sequence*/, const std::string& /*json*/) override {}
    void on_state_get(std::uint64_t /*request*/, const std::string& /*key*/) override {}
    void on_state_list(std::uint64_t /*request*/, const std::string& /*prefix*/, const std::string& /*after*/,
                       std::uint32_t /*limit*/) override {}
    void on_slow(Sequence /*sequence*/, std::uint32_t /*callback*/, std::chrono::milliseconds /*running*/) override {}
    void on_drained() override {}

private:
    HostProcess* host_ = nullptr;
    LibraryProbe probe_;
};

}  // namespace

std::vector<LibraryProbe> probe_libraries(const std::filesystem::path& host_program,
                                          const std::vector<LibraryQuestion>& questions) {
    boost::asio::io_context io;
    std::vector<ProbeListener> listeners(questions.size());
    std::vector<std::unique_ptr<HostProcess>> hosts;
    for (std::size_t index = 0; index < questions.size(); ++index) {
        const LibraryQuestion& question = questions[index];
        HostSpec spec;
        spec.program = host_program;
        spec.library = std::filesystem::absolute(question.library);
        spec.plugin = question.library.stem().string();
        spec.limits = question.limits;
        spec.environment = question.environment;
        hosts.push_back(HostProcess::spawn(io, std::move(spec), listeners[index]));
        listeners[index].attach(*hosts.back());
    }
    io.run();  // ends with the hosts: nothing else is under way
    std::vector<LibraryProbe> answers;
    answers.reserve(listeners.size());
    for (ProbeListener& listener : listeners)
        answers.push_back(listener.take());
    return answers;
}

LibraryProbe probe_library(const std::filesystem::path& host_program, const std::filesystem::path& library) {
    return std::move(probe_libraries(host_program, {{.library = library}}).front());
}

}  // namespace foley::core
