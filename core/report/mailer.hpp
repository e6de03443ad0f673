// Mailer: mails what people should hear of. Whoever reports waits for nothing: notices are grouped at once and sent by
// a thread of its own, so a mail server that is slow or dead costs nobody else any time.
//
// Owner: main. Threads: any. Throws: the constructor and configure, std::system_error when there can be no thread. What
// goes wrong with a server is said once in the log; mails that cannot be delivered are kept, up to a number, and
// counted beyond it.
#pragma once

#include "core/report/mail_options.hpp"
#include "core/report/mail_queue.hpp"
#include "core/report/mail_sender.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace foley::core {

class Mailer {
public:
    // `log` is called from the mailer's thread, with FOLEY_LOG_…
    using LogWriter = std::function<void(int level, const std::string& text)>;

    Mailer(const Clock& clock, std::unique_ptr<MailSender> sender, LogWriter log, MailPauses pauses = {});
    // Sends what waits, for at most two seconds, and not at all to a server that is away.
    ~Mailer();
    Mailer(const Mailer&) = delete;
    Mailer& operator=(const Mailer&) = delete;

    // Nothing: no mails. The thread begins with the first settings.
    void configure(std::optional<MailOptions> options);
    bool wants(NoticeKind kind) const;
    void report(const Notice& notice);

private:
    void run();
    // With the lock held; sends one mail without it. False: nothing is to be sent now.
    bool step(std::unique_lock<std::mutex>& lock);

    const Clock& clock_;
    const std::unique_ptr<MailSender> sender_;
    const LogWriter log_;
    mutable std::mutex mutex_;  // guards what is below
    std::condition_variable changed_;
    MailQueue queue_;
    std::thread thread_;
    bool ending_ = false;
    bool interrupted_ = false;
    bool ended_ = false;
};

}  // namespace foley::core
