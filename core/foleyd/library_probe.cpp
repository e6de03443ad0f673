#include "core/foleyd/library_probe.hpp"

#include <chrono>

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

LibraryProbe probe_library(const std::filesystem::path& host_program, const std::filesystem::path& library,
                           HostLimits limits) {
    boost::asio::io_context io;
    ProbeListener listener;
    HostSpec spec;
    spec.program = host_program;
    spec.library = std::filesystem::absolute(library);
    spec.plugin = library.stem().string();
    spec.limits = limits;
    const auto host = HostProcess::spawn(io, std::move(spec), listener);
    listener.attach(*host);
    io.run();  // ends with the host: nothing else is under way
    return listener.take();
}

}  // namespace foley::core
