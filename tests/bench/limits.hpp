// What this machine allows: each of Foley's stages alone, in as little code as it takes, on the disk that Foley uses.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace foley::bench {

// An event log entry as a ShotGrid site sends it: 517 bytes.
std::string sample_entry(std::uint64_t id);

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
    double commits();      // SQLite, one small row each, on the disk
    double commit_ms() { return 1000 / commits(); }
    // The slowest of those that every event passes.
    double slowest_stage();

private:
    void rows();

    std::filesystem::path directory_;
    std::optional<double> parse_, append_, read_, frames_, round_trips_, commits_;
};

}  // namespace foley::bench
