#include "hammertrack/share.hpp"

#include "hammertrack/errors.hpp"

namespace hammertrack {

Share::Share(Options options, std::shared_ptr<LabelStore> store, Label any, Log log)
    : options_(std::move(options)),
      store_(std::move(store)),
      any_(std::move(any)),
      log_(std::move(log)),
      runner_(options_.operation_timeout) {}

std::shared_ptr<const ShareRoot> Share::open() {
    return runner_.run("opening " + options_.root,
                       [path = options_.root] { return std::make_shared<const ShareRoot>(path); });
}

void Share::require() {
    opened_ = open();
    const bool fresh =
        proved_ && *proved_ == opened_->identity() && Clock::now() - proved_at_ < options_.check_interval;
    if (!fresh) prove();
}

void Share::prove() {
    proved_.reset();
    opened_ = open();
    const std::string remark = runner_.run("proving " + options_.root, [store = store_, root = opened_, any = any_] {
        try {
            return store->prove(*root, any);
        } catch (const EntryMissing& error) {
            throw ShareAway(error.what());
        } catch (const Unsettled& error) {
            throw ShareAway(error.what());
        }
    });
    if (!remark.empty() && remark != last_remark_) {
        log_(Level::warning, "The share at " + options_.root + " could not be proved wholly. " + remark);
    }
    last_remark_ = remark;
    proved_ = opened_->identity();
    proved_at_ = Clock::now();
}

std::shared_ptr<const ShareEntry> Share::find(const SharePath& path) {
    if (!opened_) require();
    return runner_.run("finding " + path.text(), [root = opened_, path] { return root->find(path); });
}

LabelStore::Answer Share::has(const std::shared_ptr<const ShareEntry>& entry, const Label& label) {
    return runner_.run("reading the labels of " + entry->path().text(),
                       [store = store_, entry, label] { return store->has(*entry, label); });
}

void Share::add(const std::shared_ptr<const ShareEntry>& entry, const Label& label) {
    runner_.run("adding the label " + label.text() + " to " + entry->path().text(),
                [store = store_, entry, label] { store->add(*entry, label); });
}

void Share::remove(const std::shared_ptr<const ShareEntry>& entry, const Label& label) {
    runner_.run("removing the label " + label.text() + " from " + entry->path().text(),
                [store = store_, entry, label] { store->remove(*entry, label); });
}

}  // namespace hammertrack
