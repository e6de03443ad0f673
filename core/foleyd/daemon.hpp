// Daemon: all rooms put together, from the start to the last commit.
//
// Owner: main. Thread: the process's main one, which runs the engine.
#pragma once

#include "core/config/configuration.hpp"
#include "core/control/control_routes.hpp"
#include "core/engine/engine.hpp"
#include "core/foleyd/assembly.hpp"
#include "core/foleyd/command_line.hpp"
#include "core/foleyd/pid_file.hpp"
#include "core/foleyd/report_listener.hpp"
#include "core/foleyd/service_manager.hpp"
#include "core/foleyd/source_watch.hpp"
#include "core/foleyd/state_directory.hpp"
#include "core/http/server.hpp"
#include "core/report/log.hpp"
#include "core/report/mailer.hpp"
#include "core/report/timing_log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

class Daemon {
public:
    // Takes the state directory, opens the journal, listens. Throws AlreadyRunning, JournalError, std::exception with a
    // sentence.
    Daemon(std::shared_ptr<const Configuration> configuration, CommandLine command_line);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // Returns when a signal has ended it in order and everything is committed.
    void run();

private:
    void await_signal();
    void on_signal(int signal);
    void end(int signal);
    void end_at_once(int signal);
    using Answer = std::function<void(std::string error)>;
    // Reads the configuration again. What is asked for during a reading may have come too late for it, so it gets a
    // reading of its own, all such one together.
    void reload(const Answer& done);
    void read_configuration(std::vector<Answer> asked);
    void configuration_read(const std::shared_ptr<const Configuration>& loaded, std::string error,
                            const std::vector<Answer>& asked);
    void watch_sources();
    void take_over(std::shared_ptr<const Configuration> configuration);
    void log(LogSeverity severity, const std::string& text) { log_.write("foleyd", severity, text); }
    LogSeverity level_of(const Configuration& configuration) const;

    const CommandLine command_line_;
    std::shared_ptr<const Configuration> configuration_;
    const Programs programs_;
    StateDirectory state_directory_;
    PidFile pid_file_;
    Log log_;
    SystemClock clock_;
    Mailer mailer_;
    std::unique_ptr<TimingLog> timing_log_;
    std::unique_ptr<Journal> journal_;
    boost::asio::io_context io_{1};
    boost::asio::thread_pool files_{1};  // reads the configuration again, which may lie on a slow file system
    boost::asio::signal_set signals_;
    ServiceManager service_manager_;
    ReportListener listener_;
    SourceWatch source_watch_;
    boost::asio::steady_timer source_timer_;
    std::optional<Engine> engine_;
    std::optional<HttpServer> control_;
    bool ending_ = false;
    bool reading_ = false;
    std::vector<Answer> asked_meanwhile_;  // while it was being read
};

}  // namespace foley::core
