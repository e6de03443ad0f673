// MailQueue: what is to be mailed, from a notice to the server's yes: groups, a bounded queue that drops the oldest
// with a count, and the pauses of a server that is away. Decides everything and waits for nothing: the time is a
// parameter.
//
// Owner: Mailer, which guards it. Throws: std::bad_alloc.
#pragma once

#include "core/report/mail_groups.hpp"
#include "core/report/mail_message.hpp"
#include "core/report/mail_sender.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace foley::core {

// How a server that is away is tried again: the pause doubles.
struct MailPauses {
    std::chrono::milliseconds first = std::chrono::seconds(30);
    std::chrono::milliseconds longest = std::chrono::minutes(10);
};

class MailQueue {
public:
    static constexpr std::size_t kMostMails = 32;

    explicit MailQueue(MailPauses pauses = {}) : pauses_(pauses) {}

    // New settings. A server that was away is tried at once. Nothing: no mails; what waits is dropped.
    void configure(std::optional<MailOptions> options, SteadyTime now);
    const std::optional<MailOptions>& options() const noexcept { return options_; }

    void add(const Notice& notice, SteadyTime now);
    // Puts what is only counted so far into the queue too: the end is near.
    void add_all();

    // The mail to send now, which stays the next one until sent() or failed(). `at` becomes its date.
    std::optional<Mail> next(Timestamp at, SteadyTime now);
    // When next() may have something; nothing: not before something else happens.
    std::optional<SteadyTime> next_due() const;

    // Both return a sentence for the log, or an empty text: that a server is away is said once, and when it is back.
    struct Said {
        bool is_error = false;
        std::string text;
    };
    Said sent();
    Said failed(const MailError& error, SteadyTime now);

    bool server_is_away() const noexcept { return try_again_.has_value(); }
    std::size_t waiting() const noexcept { return waiting_.size(); }
    std::uint64_t lost() const noexcept { return lost_; }  // since the last mail that told of it

private:
    void push(MailGroups::Draft draft);
    void take_sent();

    const MailPauses pauses_;
    std::optional<MailOptions> options_;
    MailGroups groups_;
    std::deque<MailGroups::Draft> waiting_;
    bool on_its_way_ = false;  // the first of them, between next() and sent() or failed()
    std::uint64_t lost_ = 0;
    std::uint64_t lost_told_ = 0;  // by the mail that is on its way
    std::optional<SteadyTime> try_again_;
    std::chrono::milliseconds pause_{0};
    std::string last_refusal_;
    std::uint64_t counter_ = 0;
};

}  // namespace foley::core
