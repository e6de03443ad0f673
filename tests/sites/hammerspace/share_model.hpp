// ShareModel: the labels of a simulated Hammerspace share, and what its command gateway answers. Labels belong to the
// file or folder itself (its inode in the backing folder), so they move along when it is renamed.
//
// Thread: any; it locks itself.
#pragma once

#include "gateway_script.hpp"
#include "label_schema.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::sites {

class ShareModel {
public:
    // `backing`: the ordinary folder that holds the share's files.
    explicit ShareModel(std::filesystem::path backing);

    void define_label(std::string_view name, const std::set<std::string>& implied = {});
    void remove_label(std::string_view name);

    // What the share answers to `command`, written into the gateway of `folder` (relative to the share; "" is its
    // root). Empty: a set that worked.
    std::string run(const std::string& folder, std::string_view command);

    // The local labels of an entry as they were spelled first, by path relative to the share.
    std::set<std::string> labels(const std::string& path) const;
    // All entries that have local labels.
    std::map<std::string, std::set<std::string>> all_labels() const;
    // The entry is gone, and its inode number may come again.
    void forget(std::uint64_t device, std::uint64_t inode);

    struct Done {
        std::string path;  // "demo/sh_010"
        std::string command;
        std::string answer;
    };
    // Every command so far, in order.
    std::vector<Done> history() const;
    void clear_history();

    const std::filesystem::path& backing() const noexcept { return backing_; }

private:
    using Inode = std::pair<std::uint64_t, std::uint64_t>;
    using Labels = std::map<std::string, std::string>;  // folded -> as spelled

    std::optional<Inode> inode_of(const std::string& path) const;
    std::vector<std::string> entries(const std::string& path, GatewayScript::Depth depth) const;
    std::set<std::string> folded_labels(const std::string& path, GatewayScript::Scope scope) const;
    std::string answer(const std::string& folder, std::string_view command);
    std::string apply(const GatewayScript& script, const std::string& path);
    std::string list(const std::string& path, const GatewayScript& script) const;

    std::filesystem::path backing_;
    mutable std::mutex mutex_;
    LabelSchema schema_;
    std::map<Inode, Labels> labels_;
    std::vector<Done> history_;
};

}  // namespace foley::sites
