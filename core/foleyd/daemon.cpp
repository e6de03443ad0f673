#include "core/foleyd/daemon.hpp"

#include "core/config/load.hpp"
#include "core/foleyd/programs.hpp"
#include "core/os/signals.hpp"

#include <boost/asio/post.hpp>

#include <csignal>
#include <cstdlib>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace foley::core {
namespace {

constexpr const char* kEnding = "foleyd is ending";

LogOptions with_level(LogOptions options, LogSeverity level) {
    options.level = level;
    return options;
}

LogSeverity level_from(const std::string& word) {
    if (word == "debug") return LogSeverity::debug;
    if (word == "warning") return LogSeverity::warning;
    return word == "error" ? LogSeverity::error : LogSeverity::info;
}

SqliteJournalOptions with_log(SqliteJournalOptions options, const Clock& clock, Log& log) {
    options.clock = &clock;
    options.log = log.writer("journal");
    return options;
}

// Each plugin takes a few descriptors; the soft limit of 1024 is for programs that use select.
void raise_descriptor_limit() {
    struct rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Daemon::Daemon(std::shared_ptr<const Configuration> configuration, CommandLine command_line)
    : command_line_(std::move(command_line)),
      configuration_(std::move(configuration)),
      programs_{find_program("foley-host"), find_program("foley-symbolizer")},
      state_directory_(configuration_->state_directory),
      pid_file_(configuration_->pid_file),
      log_(with_level(log_options(*configuration_), level_of(*configuration_))),
      mailer_(clock_, make_smtp_sender(), log_.writer("mail")),
      timing_log_(make_timing_log(*configuration_, log_.writer("timing"))),
      journal_(open_sqlite_journal(with_log(journal_options(*configuration_), clock_, log_))),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      service_manager_(io_),
      listener_(log_, mailer_, timing_log_.get(), clock_),
      source_timer_(io_) {
    raise_descriptor_limit();
    for (const Problem& warning : configuration_->warnings)
        log(LogSeverity::warning, to_string(warning));
    engine_.emplace(io_, *journal_, clock_, engine_options(configuration_, programs_), listener_);
    for (auto& source : make_sources(*configuration_, {*journal_, clock_, log_.writer("source")})) {
        engine_->add_source(std::move(source));
    }
    control_.emplace(io_, make_control_routes({*engine_, clock_, kVersion, log_.writer("control"),
                                               [this](const auto& done) { reload(done); }}));
    control_->listen(control_listener(*configuration_));
}

Daemon::~Daemon() {
    files_.join();
    control_.reset();
    engine_.reset();
    try {
        // What is being committed answers through io_: it must be over before that goes.
        journal_->close();
    } catch (const JournalError& error) {
        log(LogSeverity::error, error.what());
    }
}

LogSeverity Daemon::level_of(const Configuration& configuration) const {
    return command_line_.log_level ? level_from(*command_line_.log_level)
                                   : static_cast<LogSeverity>(configuration.log.level);
}

void Daemon::run() {
    mailer_.configure(mail_options(*configuration_));
    await_signal();
    engine_->start();
    watch_sources();
    log(LogSeverity::info, std::string("foleyd ") + kVersion + " runs: pid=" + std::to_string(::getpid()) +
                               " state_dir=" + configuration_->state_directory.string() +
                               " control=" + configuration_->control.socket.string());
    service_manager_.ready();
    io_.run();
    control_.reset();
    engine_.reset();
    journal_->close();
    log(LogSeverity::info, "ended");
}

void Daemon::watch_sources() {
    constexpr auto kEvery = std::chrono::seconds(2);
    for (const Notice& notice : source_watch_.look(engine_->sources(), clock_.now()))
        mailer_.report(notice);
    source_timer_.expires_after(kEvery);
    source_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !ending_) watch_sources();
    });
}

void Daemon::await_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        await_signal();
        on_signal(signal);
    });
}

void Daemon::on_signal(int signal) {
    if (signal == SIGHUP) {
        reload([](const std::string& /*error*/) {});
    } else if (ending_) {
        end_at_once(signal);
    } else {
        end(signal);
    }
}

void Daemon::end(int signal) {
    ending_ = true;
    log(LogSeverity::info, signal_name(signal) + ": ending; plugins finish the event they are in");
    service_manager_.stopping();
    // A thread in a dead file system can hold up the end for ever. The pages and the journal survive this as they
    // survive any other kill.
    constexpr auto kLastPatience = std::chrono::seconds(10);
    const auto bound =
        std::chrono::duration_cast<std::chrono::seconds>(configuration_->shutdown_timeout) + kLastPatience;
    ::alarm(static_cast<unsigned>(bound.count()));
    engine_->shut_down([this] { io_.stop(); });
}

// What was not committed is on the progress pages; the hosts end with their parent.
void Daemon::end_at_once(int signal) {
    log(LogSeverity::warning, "a second " + signal_name(signal) + ": ending at once");
    log_.flush();
    std::_Exit(static_cast<int>(ExitCode::failure));
}

void Daemon::reload(const Answer& done) {
    if (ending_) {
        log(LogSeverity::warning, std::string("the configuration is not read again: ") + kEnding);
        done(kEnding);
    } else if (reading_) {
        log(LogSeverity::info, "the configuration is being read; it is read once more after that");
        asked_meanwhile_.push_back(done);
    } else {
        read_configuration({done});
    }
}

void Daemon::read_configuration(std::vector<Answer> asked) {
    reading_ = true;
    service_manager_.reloading();
    boost::asio::post(files_, [this, file = configuration_->file, asked = std::move(asked)] {
        std::shared_ptr<const Configuration> loaded;
        std::string error;
        try {
            loaded = std::make_shared<const Configuration>(load_configuration(file));
        } catch (const std::exception& failure) {
            error = failure.what();
        }
        boost::asio::post(io_, [this, loaded, error, asked] { configuration_read(loaded, error, asked); });
    });
}

void Daemon::configuration_read(const std::shared_ptr<const Configuration>& loaded, std::string error,
                                const std::vector<Answer>& asked) {
    reading_ = false;
    std::vector<Answer> next = std::exchange(asked_meanwhile_, {});
    if (ending_) {
        log(LogSeverity::warning, std::string("the configuration was read and is not used: ") + kEnding);
        error = kEnding;
        for (const Answer& answer : std::exchange(next, {}))
            answer(error);
    } else if (loaded) {
        take_over(loaded);
    } else {
        log(LogSeverity::error, "the configuration is wrong and the present one stays:\n" + error);
    }
    if (!ending_) service_manager_.ready();
    for (const Answer& answer : asked)
        answer(error);
    if (!next.empty()) read_configuration(std::move(next));
}

void Daemon::take_over(std::shared_ptr<const Configuration> configuration) {
    for (const Problem& warning : configuration->warnings)
        log(LogSeverity::warning, to_string(warning));
    for (const std::string& part : needs_restart(*configuration_, *configuration))
        log(LogSeverity::warning, part);
    log_.set_level(level_of(*configuration));
    mailer_.configure(mail_options(*configuration));
    // The state directory stays until the next start, whatever the new configuration says.
    EngineOptions options = engine_options(configuration, programs_);
    options.state_directory = configuration_->state_directory;
    options.timings = timing_log_ != nullptr;
    engine_->reconfigure(std::move(options));
    configuration_ = std::move(configuration);
    log(LogSeverity::info, "the configuration was read again: " + configuration_->file.string());
}

}  // namespace foley::core
