#include "core/hosting/host_process.hpp"

#include "core/hosting/host_session.hpp"

namespace foley::core {
namespace {

class SpawnedHost final : public HostProcess {
public:
    explicit SpawnedHost(std::shared_ptr<HostSession> session) : session_(std::move(session)) {}
    SpawnedHost(const SpawnedHost&) = delete;
    SpawnedHost& operator=(const SpawnedHost&) = delete;
    ~SpawnedHost() override { session_->abandon(); }

    void start(HostStart start, std::shared_ptr<ProgressPage> page) override {
        session_->start(start, std::move(page));
    }
    DeliveryNumber deliver(const Event& event, std::span<const std::uint32_t> callbacks, std::uint32_t attempt,
                           std::string_view site) override {
        return session_->deliver(event, callbacks, attempt, site);
    }
    DeliveryNumber tick(std::uint32_t timer_callback) override { return session_->tick(timer_callback); }
    void settle() override { session_->settle(); }
    void answer_get(std::uint64_t request, std::optional<std::string> value) override {
        session_->answer_get(request, std::move(value));
    }
    void answer_list(std::uint64_t request, std::vector<std::pair<std::string, std::string>> pairs) override {
        session_->answer_list(request, pairs);
    }
    void drain(std::chrono::milliseconds limit) override { session_->drain(limit); }
    void stop(std::chrono::milliseconds limit) override { session_->stop(limit); }
    void kill(HostExit::Reason reason, std::string why) override { session_->kill(reason, std::move(why)); }
    int pid() const noexcept override { return session_->pid(); }
    std::optional<Sequence> in_callback() const override { return session_->in_callback(); }
    std::size_t unsent() const noexcept override { return session_->unsent(); }

private:
    std::shared_ptr<HostSession> session_;
};

}  // namespace

std::unique_ptr<HostProcess> HostProcess::spawn(boost::asio::io_context& io, HostSpec spec, HostListener& listener) {
    auto session = std::make_shared<HostSession>(io, std::move(spec), listener);
    session->run();
    return std::make_unique<SpawnedHost>(std::move(session));
}

bool is_crash(HostExit::Reason reason) noexcept {
    switch (reason) {
        case HostExit::Reason::crashed:
        case HostExit::Reason::memory_limit:
        case HostExit::Reason::watchdog:
        case HostExit::Reason::protocol:
            return true;
        case HostExit::Reason::stopped:
        case HostExit::Reason::drain_timeout:
        case HostExit::Reason::refused:
        case HostExit::Reason::hello_timeout:
            return false;
    }
    return true;
}

std::string_view to_string(HostExit::Reason reason) noexcept {
    switch (reason) {
        case HostExit::Reason::stopped:
            return "stopped";
        case HostExit::Reason::crashed:
            return "crashed";
        case HostExit::Reason::memory_limit:
            return "memory_limit";
        case HostExit::Reason::watchdog:
            return "watchdog";
        case HostExit::Reason::drain_timeout:
            return "drain_timeout";
        case HostExit::Reason::refused:
            return "refused";
        case HostExit::Reason::hello_timeout:
            return "hello_timeout";
        case HostExit::Reason::protocol:
            return "protocol";
    }
    return "crashed";
}

}  // namespace foley::core
