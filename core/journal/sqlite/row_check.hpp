// RowCheck: every row of a journal against its checksum, a slice of one table in each step.
#pragma once

#include "core/journal/sqlite/sqlite_file.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace foley::core {

class RowCheck final : public JournalCheck {
public:
    // The file outlives it. When it has come to its end the file knows that no check is due any more.
    explicit RowCheck(SqliteFile& file);

    bool step() override;
    std::uint64_t rows() const override { return rows_; }
    const std::vector<std::string>& problems() const override { return problems_; }

private:
    // Does a slice; false: the part is done. Parts may add others.
    using Part = std::function<bool()>;
    void add_consumers();
    void add_keyed(const char* keys, ConsumerNumber consumer,
                   std::function<void(Connection& connection, Sequence key)> read);
    void add_store(ConsumerNumber consumer);
    bool check_event_slice();
    template <typename Look>
    void look(Look look);

    SqliteFile& file_;
    const Sequence newest_;  // at the beginning: what comes while it runs is not its affair
    std::deque<Part> parts_;
    Sequence event_;  // the last one that was looked at
    std::uint64_t rows_ = 0;
    std::vector<std::string> problems_;
};

}  // namespace foley::core
