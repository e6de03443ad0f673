// HostFixture: a test that talks to a real foley-host: it is the listener, keeps what it hears, and awaits conditions.
#pragma once

#include "core/hosting/host_process.hpp"
#include "core/hosting/progress_page.hpp"
#include "tests/unit/hosting/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

using namespace std::chrono_literals;

// Limits that a host must keep are longer by that where all is slower.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr int kSlower = 4;
#else
inline constexpr int kSlower = 1;
#endif

// Waits on a loaded machine are long; a test that passes never uses them up.
inline constexpr auto kPatience = kSlower * 30s;

class HostFixture : public HostListener {
public:
    HostFixture() { page_ = make_page("page", 64); }

    std::shared_ptr<ProgressPage> make_page(const std::string& name, std::uint32_t slots) {
        return ProgressPage::create(directory_.path() / name, identity(), slots);
    }
    static PageIdentity identity() { return {.boot_id = "boot", .journal_id = "journal", .generation = 7}; }

    // ── the host ─────────────────────────────────────────────────────────────────────────────────────────────────
    HostSpec spec(const std::string& plugin) {
        HostSpec spec;
        spec.program = FOLEY_HOST_PROGRAM;
        spec.library = std::filesystem::path(FOLEY_TEST_PLUGINS) / (plugin + ".so");
        spec.plugin = plugin;
        spec.limits.memory = 0;
        spec.working_directory = directory_.path();
        return spec;
    }
    void spawn(HostSpec host_spec) { host_ = HostProcess::spawn(io_, std::move(host_spec), *this); }
    void spawn(const std::string& plugin) { spawn(spec(plugin)); }
    void await_hello() {
        await([this] { return hello_ || exit_; }, "hello");
        REQUIRE(hello_);
    }
    // Spawns the obedient plugin and starts it with these settings.
    void start(const std::string& settings = "{}") { start(spec("obedient"), settings); }
    void start(HostSpec host_spec, const std::string& settings = "{}") {
        spawn(std::move(host_spec));
        await_hello();
        send_start(settings);
        await([this] { return started_ || exit_; }, "started");
    }
    void send_start(const std::string& settings = "{}") {
        HostStart start;
        start.page = page_->file();
        start.settings_json = settings;
        start.sites_json = R"([{"name": "studio", "kind": "ftrack", "secret": "s3cret"}])";
        start.callback_policies = policies_;
        start.timings = timings_wanted_;
        host_->start(start, page_);
    }

    // Delivers the next event to the first callback, or to both.
    DeliveryNumber deliver(const std::string& command) { return deliver(command, "", {0}); }
    DeliveryNumber deliver(const std::string& first, const std::string& second, std::vector<std::uint32_t> callbacks,
                           std::optional<Timestamp> deadline = std::nullopt) {
        Event event;
        event.sequence = Sequence{next_sequence_++};
        event.source = "studio";
        event.id = "e" + std::to_string(event.sequence.value);
        event.type = "test";
        event.payload = R"({"do": ")" + first + R"(", "second": ")" + second + R"("})";
        event.deadline = deadline;
        return host_->deliver(event, callbacks, 1, "studio");
    }

    // Lets the events go on that "wait:go", when the host has been sent all that is for it.
    void let_go() {
        await([this] { return host_->unsent() == 0; }, "all to be sent");
        std::ofstream(directory_.path() / "go") << "go\n";
    }

    // ── what was heard ───────────────────────────────────────────────────────────────────────────────────────────
    void await(const std::function<bool()>& condition, const std::string& what,
               std::chrono::milliseconds limit = kPatience) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (!condition()) {
            io_.restart();
            // In short turns, because some conditions look at what the host writes into shared memory.
            io_.run_one_for(5ms);
            if (std::chrono::steady_clock::now() >= deadline) {
                for (const HostLog& log : logs_)
                    UNSCOPED_INFO("log: " << log.text);
                for (const auto& [is_stderr, line] : output_)
                    UNSCOPED_INFO("output: " << line);
                if (exit_) UNSCOPED_INFO("exit: " << exit_->why);
                FAIL("waited in vain for " << what);
            }
        }
    }
    const HostOutcome& await_outcome(DeliveryNumber delivery) {
        await([&] { return outcomes_.contains(delivery) || exit_; }, "the outcome of " + std::to_string(delivery));
        if (!outcomes_.contains(delivery)) FAIL("the host ended: " << exit_->why);
        return outcomes_.at(delivery);
    }
    const HostExit& await_exit() {
        await([this] { return exit_.has_value(); }, "the exit");
        return *exit_;
    }
    void await_log(const std::string& text) {
        await([&] { return logged(text) || exit_; }, "the log line " + text);
        REQUIRE(logged(text));
    }
    bool logged(const std::string& text) const {
        return std::any_of(logs_.begin(), logs_.end(),
                           [&](const HostLog& log) { return log.text.find(text) != std::string::npos; });
    }
    bool printed(const std::string& text) const {
        return std::any_of(output_.begin(), output_.end(), [&](const auto& line) { return line.second == text; });
    }
    // Lets the loop run for what is there, without waiting for anything.
    void settle_loop() {
        io_.restart();
        io_.poll();
    }

    void on_hello(const Hello& hello) override { hello_ = hello; }
    void on_started(OutcomeCode code, std::chrono::microseconds delay, const std::string& why) override {
        started_ = HostOutcome{};
        started_->code = code;
        started_->delay = delay;
        started_->why = why;
    }
    void on_outcomes(std::span<const HostOutcome> outcomes) override {
        for (const HostOutcome& outcome : outcomes) {
            outcomes_[outcome.delivery] = outcome;
            order_.push_back(outcome.delivery);
            for (const auto& [key, value] : outcome.writes) {
                if (value) {
                    store_[key] = *value;
                } else {
                    store_.erase(key);
                }
            }
        }
        if (on_outcomes_heard_) on_outcomes_heard_();
    }
    void on_timings(std::span<const CallTiming> timings) override {
        for (const CallTiming& timing : timings) {
            CHECK_FALSE(outcomes_.contains(timing.delivery));  // the outcome comes next
            timings_.push_back(timing);
        }
    }
    void on_returned(std::span<const DeliveryNumber> deliveries) override {
        returned_.insert(returned_.end(), deliveries.begin(), deliveries.end());
    }
    void on_log(const HostLog& log) override { logs_.push_back(log); }
    void on_output(bool is_stderr, const std::string& line) override { output_.emplace_back(is_stderr, line); }
    void on_reply(Sequence sequence, const std::string& json) override { replies_.emplace_back(sequence, json); }
    void on_state_get(std::uint64_t request, const std::string& key) override {
        const auto found = store_.find(key);
        host_->answer_get(request, found == store_.end() ? std::nullopt : std::optional(found->second));
    }
    void on_state_list(std::uint64_t request, const std::string& prefix, const std::string& after,
                       std::uint32_t limit) override {
        std::vector<std::pair<std::string, std::string>> pairs;
        for (const auto& [key, value] : store_) {
            if (key.starts_with(prefix) && key > after && pairs.size() < limit) pairs.emplace_back(key, value);
        }
        host_->answer_list(request, std::move(pairs));
    }
    void on_slow(Sequence sequence, std::uint32_t callback, std::chrono::milliseconds) override {
        slow_.emplace_back(sequence, callback);
    }
    void on_drained() override { drained_ = true; }
    void on_exit(HostExit exit) override { exit_ = std::move(exit); }

    TemporaryDirectory directory_;
    boost::asio::io_context io_;
    std::shared_ptr<ProgressPage> page_;
    std::vector<OnError> policies_;
    bool timings_wanted_ = false;
    std::uint64_t next_sequence_ = 100;

    std::optional<Hello> hello_;
    std::optional<HostOutcome> started_;
    std::map<DeliveryNumber, HostOutcome> outcomes_;
    std::vector<DeliveryNumber> order_;  // of outcomes, as heard
    std::vector<CallTiming> timings_;
    std::vector<DeliveryNumber> returned_;
    std::vector<HostLog> logs_;
    std::vector<std::pair<bool, std::string>> output_;
    std::vector<std::pair<Sequence, std::string>> replies_;
    std::vector<std::pair<Sequence, std::uint32_t>> slow_;
    std::map<std::string, std::string> store_;
    bool drained_ = false;
    std::optional<HostExit> exit_;
    std::function<void()> on_outcomes_heard_;
    std::unique_ptr<HostProcess> host_;  // last: its end calls nothing of the above
};

}  // namespace foley::core
