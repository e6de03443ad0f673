#include "core/journal/sqlite/check.hpp"

#include "core/journal/sqlite/row_check.hpp"

namespace foley::core {
namespace {

constexpr std::size_t kMost = 100;

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
    {"SELECT count(*) FROM imported WHERE consumer NOT IN (SELECT number FROM consumers)",
     "imported positions belong to no consumer"},
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
        check_rules(*reader, problems);
    }
    RowCheck rows(file);
    collect(problems, [&] {
        while (rows.step()) {
        }
    });
    // The rows first: where one is damaged, what the tables say of each other is little use.
    problems.insert(problems.begin(), rows.problems().begin(), rows.problems().end());
    return problems;
}

}  // namespace foley::core
