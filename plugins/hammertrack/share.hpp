// Share: the mounted share as hammertrack uses it. It proves that there is one before anything is labelled, again when
// the mount has changed, and again every so often; and it runs whatever touches it with a deadline.
//
// Owner: Plugin. Thread: the callbacks'. Throws the errors of errors.hpp.
#pragma once

#include "hammertrack/deadline_runner.hpp"
#include "hammertrack/label_store.hpp"
#include "hammertrack/log.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace hammertrack {

class Share {
public:
    struct Options {
        std::string root;  // the folder that the share is mounted at, absolute
        std::chrono::milliseconds operation_timeout{std::chrono::seconds(60)};
        std::chrono::milliseconds check_interval{std::chrono::hours(1)};
    };
    // `any` is a label of the menu, to ask the share about.
    Share(Options options, std::shared_ptr<LabelStore> store, Label any, Log log);

    // That the share is there, as far as can be told without asking it; asks when the mount is not the one proved, or
    // the last proof is older than check_interval. Throws ShareAway.
    void require();
    // Asks the share now. Throws ShareAway.
    void prove();

    // Throws EntryMissing and the others of ShareRoot::find.
    std::shared_ptr<const ShareEntry> find(const SharePath& path);

    LabelStore::Answer has(const std::shared_ptr<const ShareEntry>& entry, const Label& label);
    void add(const std::shared_ptr<const ShareEntry>& entry, const Label& label);
    void remove(const std::shared_ptr<const ShareEntry>& entry, const Label& label);

    const std::string& root() const noexcept { return options_.root; }

private:
    using Clock = std::chrono::steady_clock;
    std::shared_ptr<const ShareRoot> open();

    Options options_;
    std::shared_ptr<LabelStore> store_;  // shared with operations under way
    Label any_;
    Log log_;
    DeadlineRunner runner_;
    std::shared_ptr<const ShareRoot> opened_;  // at the last require()
    std::optional<ShareRoot::Identity> proved_;
    Clock::time_point proved_at_;
    std::string last_remark_;
};

}  // namespace hammertrack
