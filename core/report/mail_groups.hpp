// MailGroups: decides what is mailed at once and what is counted for the summary. Trouble that is new within the period
// goes out at once, as far as the limit allows; the rest is told in one mail when the period is over. So ten thousand
// equal errors are two mails, and then one every period for as long as they go on.
//
// Each set of recipients has a period of its own, which begins with the first notice. Memory is bounded: kinds of
// trouble beyond kMostGroups are only counted.
//
// Owner: MailQueue. Thread: distinct objects are independent; the time is a parameter.
#pragma once

#include "core/report/mail_options.hpp"
#include "core/report/mail_text.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

class MailGroups {
public:
    static constexpr std::size_t kMostGroups = 200;

    // A mail's text, and who gets it.
    struct Draft {
        Addresses to;
        MailText text;
    };

    void configure(MailLimits limits, std::string machine);

    // What is to be mailed at once, if it is.
    std::optional<Draft> add(const Notice& notice, const Addresses& to, SteadyTime now);
    // When the next period with something to tell, or to forget, is over.
    std::optional<SteadyTime> next_due() const;
    // The summaries of the periods that are over.
    std::vector<Draft> take_due(SteadyTime now);
    // The summaries of all that waits, now.
    std::vector<Draft> take_all();
    void forget() { rounds_.clear(); }

private:
    struct Entry {
        NoticeGroup waiting;  // not told yet
        bool told = false;    // in this period or the one before
        bool seen = false;    // in this period
    };
    struct Round {  // one period of one set of recipients
        SteadyTime end;
        std::map<std::string, Entry> entries;  // by group_key
        unsigned at_once = 0;
        std::uint64_t others = 0;
    };

    std::optional<Draft> summary(const Addresses& to, Round& round) const;

    MailLimits limits_;
    std::string machine_;
    std::map<Addresses, Round> rounds_;
};

}  // namespace foley::core
