#include "bench/rig.hpp"

#include "bench/limits.hpp"
#include "bench/measure.hpp"
#include "integration/harness/program.hpp"

#include "core/journal/sqlite/sqlite_journal.hpp"
#include "core/os/files.hpp"
#include "core/source/make_event.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <stdexcept>

#include <unistd.h>

namespace foley::bench {

using namespace foley::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 20min;

DaemonSetup setup_of(const RigOptions& options) {
    DaemonSetup setup;
    setup.lines_source = options.lines_source;
    setup.sites = options.sites;
    setup.sources = options.sources;
    setup.times = options.times;
    setup.plugin_defaults = options.plugin_defaults;
    setup.log = "level: info";
    return setup;
}

std::filesystem::path bench_plugin(const std::string& name) {
    return build_directory() / "tests" / "bench" / "plugins" / (name + ".so");
}

}  // namespace

Rig::Rig(const RigOptions& options) : daemon_(setup_of(options), build_directory()) {
    for (std::size_t i = 0; i < options.plugins; ++i)
        plugins_.push_back(fmt::format("no_op{:03}", i));
    for (std::size_t i = 0; i < options.bystanders; ++i)
        bystanders_.push_back(fmt::format("bystander{:03}", i));
    for (const std::string& name : plugins_)
        daemon_.install(name, bench_plugin("no_op"));
    for (const std::string& name : bystanders_)
        daemon_.install(name, bench_plugin("bystander"));
}

void Rig::stock(std::uint64_t events) {
    core::SqliteJournalOptions options;
    options.file = daemon_.state_directory() / "journal.sqlite";
    const auto journal = core::open_sqlite_journal(options);
    std::vector<core::Event> batch;
    for (std::uint64_t id = 1; id <= events; ++id) {
        auto made = core::make_event("stock", core::Shape::shotgrid, sample_entry(id), core::SystemClock().now());
        if (!made.event) throw std::runtime_error(made.refusal);
        batch.push_back(std::move(*made.event));
        if (batch.size() < 5000 && id < events) continue;
        journal->append("stock", batch);
        batch.clear();
    }
    journal->close();
}

void Rig::start() {
    daemon_.start();
    for (const auto* names : {&plugins_, &bystanders_}) {
        for (const std::string& name : *names)
            daemon_.await_state(name, "running", 5min);
    }
}

void Rig::start_paused() {
    daemon_.start();
    for (const std::string& name : plugins_) {
        daemon_.await_state(name, "running", 5min);
        daemon_.post("/v1/plugins/" + name + "/pause");
        daemon_.post("/v1/plugins/" + name + "/seek", R"({"to": "earliest"})");
    }
    for (const std::string& name : bystanders_)
        daemon_.await_state(name, "running", 5min);
}

void Rig::resume() {
    for (const std::string& name : plugins_)
        daemon_.post("/v1/plugins/" + name + "/resume");
}

double Rig::seconds_until(std::uint64_t position, std::int64_t begin_ns) {
    for (const std::string& name : plugins_) {
        daemon_.await(
            name + " to be there", [&] { return daemon_.plugin(name).position >= position; }, kPatience);
    }
    return seconds_since(begin_ns);
}

ReadySite::ReadySite(const std::filesystem::path& gate, std::uint64_t events, std::uint64_t missing) {
    core::ChildSpec spec;
    spec.program = build_directory() / "bin" / "ready-site";
    spec.arguments = {"--events", std::to_string(events), "--missing", std::to_string(missing), "--gate", gate};
    spec.environment = basic_environment();
    spec.capture_output = true;
    child_.emplace(core::ChildProcess::spawn(spec));
    output_ = child_->take_output();
    for (char next = 0; ::read(output_.get(), &next, 1) == 1 && next != '\n';)
        url_ += next;
    if (url_.empty()) throw std::runtime_error("ready-site did not start");
}

void open_gate(const std::filesystem::path& gate) {
    core::write_file_atomically(gate, "", core::Durability::page_cache, 0644);
}

}  // namespace foley::bench
