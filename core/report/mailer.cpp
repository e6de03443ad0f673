#include "core/report/mailer.hpp"

#include <utility>

namespace foley::core {
namespace {

constexpr std::chrono::seconds kLastPatience{2};
// FOLEY_LOG_… of foley/abi.h
constexpr int kInfo = 1, kError = 3;

}  // namespace

Mailer::Mailer(const Clock& clock, std::unique_ptr<MailSender> sender, LogWriter log, MailPauses pauses)
    : clock_(clock), sender_(std::move(sender)), log_(std::move(log)), queue_(pauses) {}

Mailer::~Mailer() {
    if (!thread_.joinable()) return;
    {
        std::unique_lock lock(mutex_);
        ending_ = true;
        queue_.add_all();
        changed_.notify_all();
        changed_.wait_for(lock, kLastPatience, [this] { return ended_; });
        interrupted_ = true;
    }
    sender_->interrupt();
    thread_.join();
    if (queue_.waiting() > 0) log_(kError, std::to_string(queue_.waiting()) + " mails were not sent before the end");
}

void Mailer::configure(std::optional<MailOptions> options) {
    const std::lock_guard lock(mutex_);
    const bool wanted = options.has_value();
    queue_.configure(std::move(options), clock_.steady());
    if (wanted && !thread_.joinable()) thread_ = std::thread([this] { run(); });
    changed_.notify_all();
}

bool Mailer::wants(NoticeKind kind) const {
    const std::lock_guard lock(mutex_);
    return queue_.options() && queue_.options()->about.contains(kind);
}

void Mailer::report(const Notice& notice) {
    const std::lock_guard lock(mutex_);
    const auto before = queue_.next_due();
    queue_.add(notice, clock_.steady());
    if (queue_.next_due() != before) changed_.notify_all();
}

void Mailer::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        // At the end a server that is away is not tried again.
        if (ending_ && (queue_.server_is_away() || queue_.waiting() == 0)) break;
        if (step(lock)) continue;
        const auto due = queue_.next_due();
        if (due && *due > clock_.steady()) {
            changed_.wait_until(lock, *due);
        } else if (!due) {
            changed_.wait(lock);
        }
    }
    ended_ = true;
    changed_.notify_all();
}

bool Mailer::step(std::unique_lock<std::mutex>& lock) {
    const std::optional<Mail> mail = queue_.next(clock_.now(), clock_.steady());
    if (!mail) return false;
    const site::SmtpServer server = queue_.options()->server;
    lock.unlock();
    std::optional<MailError> error;
    try {
        sender_->send(server, *mail);
    } catch (const MailError& failure) {
        error = failure;
    } catch (const std::exception& failure) {
        error = MailError(MailError::Kind::away, failure.what());
    }
    lock.lock();
    const MailQueue::Said said = error ? queue_.failed(*error, clock_.steady()) : queue_.sent();
    if (!said.text.empty() && !interrupted_) {
        lock.unlock();
        log_(said.is_error ? kError : kInfo, said.text);
        lock.lock();
    }
    return true;
}

}  // namespace foley::core
