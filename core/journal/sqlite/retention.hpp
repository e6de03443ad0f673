// Retention: what one pruning of the journal does. Duplicates are looked for no longer than the policy says, events go
// when the policy lets them, and a disabled consumer that has not read what goes gets a gap event in its place first,
// durable before anything is deleted. Works in slices, so appends go on in between.
//
// Thread: the caller's; it holds file.upkeep. Throws JournalError; what is done by then stays done.
#pragma once

#include "core/journal/sqlite/consumer_books.hpp"
#include "core/journal/sqlite/sqlite_file.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace foley::core {

class Retention {
public:
    // The file outlives it.
    Retention(SqliteFile& file, const RetentionPolicy& policy, Timestamp now)
        : file_(file), policy_(policy), now_(now) {}

    PruneResult run(std::span<const std::shared_ptr<ConsumerBooks>> consumers, std::span<const std::string> disabled);

private:
    struct Missed;
    Sequence bound(std::span<const std::shared_ptr<ConsumerBooks>> consumers, std::span<const std::string> disabled);
    void forget_ids();
    bool overtake(ConsumerBooks& books, Sequence bound);
    std::vector<Missed> missed(const ConsumerBooks& books, Sequence bound);
    std::vector<std::shared_ptr<const Event>> gaps(const ConsumerBooks& books, const std::vector<Missed>& missed);
    std::uint64_t delete_events(Sequence bound);

    SqliteFile& file_;
    const RetentionPolicy policy_;
    const Timestamp now_;
    std::vector<std::string> problems_;
};

}  // namespace foley::core
