// HostedCopy: one host as its runner sees it: the process, the copy it loaded, what it declared, and how far it is in
// its life. Passes what the host says on to the runner together with itself, so the runner knows a candidate's word
// from the present host's.
//
// Owner: PluginRunner. Thread: the engine's.
#pragma once

#include "core/engine/library_store.hpp"
#include "core/event/filter.hpp"
#include "core/hosting/host_process.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foley::core {

class HostedCopy;

// What a runner hears. on_exit is the last call of a session.
class HostedCopyListener {
public:
    virtual ~HostedCopyListener() = default;
    virtual void on_hello(HostedCopy& session) = 0;
    virtual void on_started(HostedCopy& session, OutcomeCode code, std::chrono::microseconds delay,
                            const std::string& why) = 0;
    virtual void on_outcomes(HostedCopy& session, std::span<const HostOutcome> outcomes) = 0;
    virtual void on_timings(HostedCopy& session, std::span<const CallTiming> timings) = 0;
    virtual void on_returned(HostedCopy& session, std::span<const DeliveryNumber> deliveries) = 0;
    virtual void on_log(HostedCopy& session, const HostLog& log) = 0;
    virtual void on_output(HostedCopy& session, bool is_stderr, const std::string& line) = 0;
    virtual void on_reply(HostedCopy& session, Sequence sequence, const std::string& json) = 0;
    virtual void on_state_get(HostedCopy& session, std::uint64_t request, const std::string& key) = 0;
    virtual void on_state_list(HostedCopy& session, std::uint64_t request, const std::string& prefix,
                               const std::string& after, std::uint32_t limit) = 0;
    virtual void on_slow(HostedCopy& session, Sequence sequence, std::uint32_t callback,
                         std::chrono::milliseconds running) = 0;
    virtual void on_drained(HostedCopy& session) = 0;
    virtual void on_exit(HostedCopy& session, HostExit exit) = 0;
};

class HostedCopy final : public HostListener {
public:
    // Its hello has come at `checking`; at `ready` its settings are good too.
    enum class Phase { loading, checking, ready, starting, running, draining, stopping, ended };

    // The runner outlives the session.
    HostedCopy(HostedCopyListener& runner, LibraryCopy library) : runner_(runner), copy(std::move(library)) {}

    void spawn(boost::asio::io_context& io, HostSpec spec) { process = HostProcess::spawn(io, std::move(spec), *this); }

    const std::string& callback_name(std::uint32_t index) const {
        static const std::string none;
        return hello && index < hello->callbacks.size() ? hello->callbacks[index].name : none;
    }

private:
    void on_hello(const Hello& said) override {
        hello = said;
        std::vector<Filter> wanted;
        for (std::uint32_t index = 0; index < said.callbacks.size(); ++index) {
            if (said.callbacks[index].kind == CallbackKind::timer) continue;
            wanted.push_back(said.callbacks[index].filter);
            callback_of_filter.push_back(index);
        }
        filters = std::make_shared<const FilterSet>(std::move(wanted));
        phase = Phase::checking;
        runner_.on_hello(*this);
    }
    void on_started(OutcomeCode code, std::chrono::microseconds delay, const std::string& why) override {
        runner_.on_started(*this, code, delay, why);
    }
    void on_outcomes(std::span<const HostOutcome> outcomes) override { runner_.on_outcomes(*this, outcomes); }
    void on_timings(std::span<const CallTiming> timings) override { runner_.on_timings(*this, timings); }
    void on_returned(std::span<const DeliveryNumber> deliveries) override { runner_.on_returned(*this, deliveries); }
    void on_log(const HostLog& log) override { runner_.on_log(*this, log); }
    void on_output(bool is_stderr, const std::string& line) override { runner_.on_output(*this, is_stderr, line); }
    void on_reply(Sequence sequence, const std::string& json) override { runner_.on_reply(*this, sequence, json); }
    void on_state_get(std::uint64_t request, const std::string& key) override {
        runner_.on_state_get(*this, request, key);
    }
    void on_state_list(std::uint64_t request, const std::string& prefix, const std::string& after,
                       std::uint32_t limit) override {
        runner_.on_state_list(*this, request, prefix, after, limit);
    }
    void on_slow(Sequence sequence, std::uint32_t callback, std::chrono::milliseconds running) override {
        runner_.on_slow(*this, sequence, callback, running);
    }
    void on_drained() override { runner_.on_drained(*this); }
    void on_exit(HostExit exit) override { runner_.on_exit(*this, std::move(exit)); }

    HostedCopyListener& runner_;

public:
    const LibraryCopy copy;
    Phase phase = Phase::loading;
    std::unique_ptr<HostProcess> process;
    std::optional<Hello> hello;                     // from checking on
    std::shared_ptr<const FilterSet> filters;       // of event and gap callbacks
    std::vector<std::uint32_t> callback_of_filter;  // index of filter -> index of callback
    std::string settings_json = "{}";               // checked against hello
};

}  // namespace foley::core
