#include "core/journal/sqlite/check.hpp"

namespace foley::core {
namespace {

constexpr std::size_t kMost = 100;
constexpr std::size_t kSlice = 5000;  // rows in one read transaction

using Problems = std::vector<std::string>;

// Runs a part of the check; what it throws is a finding.
template <typename Part>
void collect(Problems& problems, Part part) {
    if (problems.size() >= kMost) return;
    try {
        part();
    } catch (const JournalError& error) {
        problems.emplace_back(error.what());
    }
}

void check_structure(Connection& connection, Problems& problems) {
    Statement row(connection.database(), "PRAGMA integrity_check(100)");
    while (row.step()) {
        const std::string_view finding = row.bytes(0);
        if (finding != "ok") problems.emplace_back("SQLite finds: " + std::string(finding));
    }
}

void check_all_events(SqliteFile& file, Problems& problems) {
    for (Sequence after;;) {
        const ReaderPool::Lease reader = file.readers.lend();
        const Sequence last = check_events(*reader, file.names, after, kSlice, problems);
        if (last == after || problems.size() >= kMost) return;
        after = last;
    }
}

void check_consumer(Connection& connection, const ConsumerRow& consumer, Problems& problems) {
    if (!consumer.damage.empty()) problems.push_back(consumer.damage);
    collect(problems, [&] {
        scan_backlog(
            connection, consumer.number, [](const Ledger::Row&) {},
            [&](Sequence, const JournalError& error) { problems.emplace_back(error.what()); });
    });
    collect(problems, [&] {
        Sequence after;
        while (true) {
            const auto letters = read_dead_letters(connection, consumer.number, after, kSlice);
            if (letters.empty()) return;
            after = letters.back().event->sequence;
        }
    });
    collect(problems, [&] {
        std::string after;
        for (bool first = true;; first = false) {
            const auto values = read_values(connection, consumer.number, after, first, kSlice);
            if (values.empty()) return;
            after = values.back().first;
        }
    });
}

// What must hold between the tables, each as a query that counts the exceptions.
struct Rule {
    const char* sql;
    const char* finding;
};
constexpr Rule kRules[] = {
    {"SELECT count(*) FROM events WHERE sequence > (SELECT head FROM state)", "events are newer than the head"},
    {"SELECT count(*) FROM events e WHERE sequence > (SELECT seen_from FROM state) AND NOT EXISTS "
     "(SELECT 1 FROM seen s WHERE s.source = e.source AND s.id = e.id)",
     "events would not be known as duplicates"},
    {"SELECT count(*) FROM events WHERE source NOT IN (SELECT number FROM sources)", "events are of an unknown source"},
    {"SELECT abs((SELECT count(*) FROM events) - (SELECT events FROM state))",
     "is the difference between the number of events and what the journal says of itself"},
    {"SELECT count(*) FROM backlog WHERE consumer NOT IN (SELECT number FROM consumers)",
     "rows of the backlog belong to no consumer"},
    {"SELECT count(*) FROM dead_letters WHERE consumer NOT IN (SELECT number FROM consumers)",
     "dead letters belong to no consumer"},
};

void check_rules(Connection& connection, Problems& problems) {
    for (const Rule& rule : kRules) {
        collect(problems, [&] {
            const std::int64_t count = connection.database().number(rule.sql);
            if (count != 0) problems.push_back(std::to_string(count) + " " + rule.finding + ".");
        });
    }
}

}  // namespace

std::vector<std::string> check_journal(SqliteFile& file) {
    Problems problems;
    {
        const ReaderPool::Lease reader = file.readers.lend();
        collect(problems, [&] { check_structure(*reader, problems); });
        collect(problems, [&] { read_state(*reader); });
        collect(problems, [&] {
            SourceNames names;
            read_sources(*reader, names);
        });
        collect(problems, [&] { read_aside(*reader, SIZE_MAX); });
        collect(problems, [&] {
            for (const ConsumerRow& consumer : read_consumers(*reader))
                check_consumer(*reader, consumer, problems);
        });
        check_rules(*reader, problems);
    }
    collect(problems, [&] { check_all_events(file, problems); });
    return problems;
}

}  // namespace foley::core
