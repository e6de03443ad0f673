// XattrStore: labels as extended attributes, one attribute per label ("user.foley.label.yul"), on any local file system
// that has them. For trying out and for tests.
#pragma once

#include "hammertrack/label_store.hpp"

#include <string>

namespace hammertrack {

class XattrStore final : public LabelStore {
public:
    // `prefix` begins with "user.": "user.foley.label."
    explicit XattrStore(std::string prefix) : prefix_(std::move(prefix)) {}

    std::string prove(const ShareRoot& root, const Label& any) override;
    Answer has(const ShareEntry& entry, const Label& label) override;
    void add(const ShareEntry& entry, const Label& label) override;
    void remove(const ShareEntry& entry, const Label& label) override;

private:
    std::string attribute(const Label& label) const { return prefix_ + label.folded(); }

    std::string prefix_;
};

}  // namespace hammertrack
