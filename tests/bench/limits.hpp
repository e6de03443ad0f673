// What this machine allows: each of Foley's stages alone, in as little code as it takes, on the disk that Foley uses.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace foley::bench {

// An event log entry as a ShotGrid site sends it: 517 bytes.
std::string sample_entry(std::uint64_t id);

// A lively site, not a full pipe.
inline constexpr std::chrono::milliseconds kBetweenLoneEvents{5};

class Limits {
public:
    // Files are made below `directory`. Each is measured when it is first asked for.
    explicit Limits(std::filesystem::path directory) : directory_(std::move(directory)) {}

    // A second:
    double parse();        // RapidJSON, the sample into a document
    double append();       // SQLite, with a unique key, 500 in a transaction, each on the disk
    double read();         // SQLite, 500 in a query
    double frames();       // of the sample's size through a socket pair to another process, 256 in flight
    double round_trips();  // the same with one in flight
    // One small commit of SQLite until it is on the disk, in milliseconds: the median of some that come one by one, as
    // lone events do. One after the other takes about half of that, since neither processor nor disk rests between.
    double lone_commit_ms();
    // The slowest of those that every event passes.
    double slowest_stage();

private:
    void rows();

    std::filesystem::path directory_;
    std::optional<double> parse_, append_, read_, frames_, round_trips_, lone_commit_ms_;
};

}  // namespace foley::bench
