// write_crash_report: the conversation with foley-symbolizer, and then the files.
#include "core/hosting/crash_report.hpp"
#include "core/hosting/crash_report_files.hpp"
#include "core/hosting/output_lines.hpp"
#include "core/hosting/stack_lines.hpp"
#include "core/os/child_process.hpp"
#include "core/os/files.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <optional>

#include <signal.h>
#include <unistd.h>

namespace foley::core {
namespace {

constexpr std::chrono::seconds kSymbolizerLimit{10};
constexpr std::size_t kMostFrames = 4096;  // inlined ones multiply

// Owns itself through the operations in flight, until `done` was called.
class ReportWriter : public std::enable_shared_from_this<ReportWriter> {
public:
    ReportWriter(boost::asio::io_context& io, std::filesystem::path directory, CrashReport report,
                 std::optional<CrashRecord> record, std::function<void(const CrashReport&)> done, unsigned keep)
        : io_(io),
          directory_(std::move(directory)),
          report_(std::move(report)),
          record_(std::move(record)),
          done_(std::move(done)),
          keep_(keep),
          exit_watch_(io),
          limit_(io) {}

    void run(const std::filesystem::path& symbolizer) {
        if (!record_ || record_->stack.empty()) return finish_soon();
        try {
            spawn(symbolizer);
        } catch (const std::exception&) {  // the addresses and modules alone must do
            finish_soon();
        }
    }

private:
    void spawn(const std::filesystem::path& symbolizer) {
        const std::string input = symbolizer_input(*record_);
        const UniqueFd file = make_memory_file("foley-crash-record", 0);
        write_all(file.get(), input, "the symbolizer's input");
        ::lseek(file.get(), 0, SEEK_SET);
        ChildSpec spec;
        spec.program = symbolizer;
        spec.standard_input = file.get();
        spec.capture_output = true;
        child_.emplace(ChildProcess::spawn(spec));
        output_.emplace(io_, child_->take_output());
        errors_.emplace(io_, child_->take_errors());
        UniqueFd watched(::dup(child_->pidfd()));
        exit_watch_.assign(watched.release());

        const auto self = shared_from_this();
        output_->read(self, [this](const std::string& line) {
            if (frames_.size() < kMostFrames) frames_.push_back(line);
        });
        errors_->read(self, [](const std::string&) {});
        exit_watch_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                               [self](const boost::system::error_code&) { self->on_ended(); });
        limit_.expires_after(kSymbolizerLimit);
        limit_.async_wait([self](const boost::system::error_code& error) {
            if (!error) self->child_->send_signal(SIGKILL);
        });
    }

    void on_ended() {
        limit_.cancel();
        const std::optional<ExitStatus> status = child_->try_wait();
        output_->drain();
        errors_->close();
        if (!status || status->exit_code() != 0) frames_.clear();
        finish();
    }

    void finish_soon() {
        boost::asio::post(io_, [self = shared_from_this()] { self->finish(); });
    }

    void finish() {
        if (!frames_.empty()) {
            report_.stack = numbered_stack(std::move(frames_));
        } else if (record_) {
            report_.stack = plain_stack(*record_);
        }
        if (report_.summary.empty()) report_.summary = summary();
        try {
            if (report_.id.empty()) report_.id = free_report_id(directory_, report_.plugin, report_.at);
            store_report(directory_, report_, keep_);
        } catch (const std::exception& error) {
            // The report still goes to the log, the mail and the status.
            report_.log_tail.push_back(std::string("(this report could not be kept: ") + error.what() + ")");
        }
        done_(report_);
    }

    std::string summary() const {
        const std::string event =
            report_.sequence.value != 0 ? fmt::format(", event {}", report_.sequence.value) : std::string();
        return fmt::format("{}: {}{}", report_.plugin, report_.what, event);
    }

    boost::asio::io_context& io_;
    std::filesystem::path directory_;
    CrashReport report_;
    std::optional<CrashRecord> record_;
    std::function<void(const CrashReport&)> done_;
    unsigned keep_;
    std::optional<ChildProcess> child_;
    std::optional<OutputLines> output_, errors_;
    boost::asio::posix::stream_descriptor exit_watch_;
    boost::asio::steady_timer limit_;
    std::vector<std::string> frames_;
};

}  // namespace

void write_crash_report(boost::asio::io_context& io, const std::filesystem::path& symbolizer,
                        const std::filesystem::path& directory, CrashReport report, std::optional<CrashRecord> record,
                        std::function<void(const CrashReport&)> done, unsigned keep) {
    std::make_shared<ReportWriter>(io, directory, std::move(report), std::move(record), std::move(done), keep)
        ->run(symbolizer);
}

}  // namespace foley::core
