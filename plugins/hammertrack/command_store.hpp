// CommandStore: uses the vendor's program `hs`. Its exit status says little: after 0 its output decides, since it hands
// through whatever the share said, and even the echo of a folder that is on no share at all.
#pragma once

#include "hammertrack/gateway_command.hpp"
#include "hammertrack/label_store.hpp"
#include "hammertrack/run_program.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace hammertrack {

class CommandStore final : public LabelStore {
public:
    // `program` is absolute.
    CommandStore(std::string program, std::chrono::milliseconds deadline);

    std::string prove(const ShareRoot& root, const Label& any) override;
    Answer has(const ShareEntry& entry, const Label& label) override;
    void add(const ShareEntry& entry, const Label& label) override;
    void remove(const ShareEntry& entry, const Label& label) override;

private:
    struct Reply {
        GatewayAnswer kind;
        std::string text;
    };
    // Runs `hs label <verb…> -- <label> <name or .>` in `folder`. `script` is what it should send to the share.
    Reply ask(int folder, const std::string& name, const std::vector<std::string>& verb, const Label& label,
              const std::string& script, const std::string& shown) const;
    void set(const ShareEntry& entry, const std::vector<std::string>& verb, const Label& label,
             const std::string& script) const;

    std::string program_;
    std::chrono::milliseconds deadline_;
};

}  // namespace hammertrack
