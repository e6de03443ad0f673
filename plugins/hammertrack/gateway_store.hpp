// GatewayStore: speaks to a Hammerspace share through its command gateway: a command is written into a special file in
// the folder concerned, and the answer is read back from the same file.
#pragma once

#include "hammertrack/gateway_command.hpp"
#include "hammertrack/label_store.hpp"

#include <random>
#include <string>

namespace hammertrack {

class GatewayStore final : public LabelStore {
public:
    GatewayStore();

    std::string prove(const ShareRoot& root, const Label& any) override;
    Answer has(const ShareEntry& entry, const Label& label) override;
    void add(const ShareEntry& entry, const Label& label) override;
    void remove(const ShareEntry& entry, const Label& label) override;

private:
    struct Reply {
        GatewayAnswer kind;
        std::string text;
    };
    // Throws ShareAway for an echo.
    Reply ask(int folder, const std::string& command, const std::string& shown);
    std::string exchange(int folder, const std::string& command, const std::string& shown);
    void set(const ShareEntry& entry, const std::string& script);

    std::mt19937 work_ids_;  // several machines write into one folder: each command has an id of its own
};

}  // namespace hammertrack
