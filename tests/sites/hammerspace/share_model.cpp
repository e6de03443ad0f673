#include "share_model.hpp"

#include <sys/stat.h>

namespace foley::sites {
namespace {

std::string joined(const std::string& folder, const std::string& name) {
    if (name.empty()) return folder;
    return folder.empty() ? name : folder + "/" + name;
}

// Every folder above, from the nearest to the share's root "".
std::vector<std::string> above(std::string path) {
    std::vector<std::string> result;
    while (!path.empty()) {
        const auto slash = path.rfind('/');
        path.resize(slash == std::string::npos ? 0 : slash);
        result.push_back(path);
    }
    return result;
}

}  // namespace

ShareModel::ShareModel(std::filesystem::path backing) : backing_(std::move(backing)) {}

void ShareModel::define_label(std::string_view name, const std::set<std::string>& implied) {
    const std::lock_guard lock(mutex_);
    schema_.define(name, implied);
}

void ShareModel::remove_label(std::string_view name) {
    const std::lock_guard lock(mutex_);
    schema_.remove(name);
}

std::optional<ShareModel::Inode> ShareModel::inode_of(const std::string& path) const {
    struct stat status {};
    if (::lstat((backing_ / path).c_str(), &status) != 0) return std::nullopt;
    return Inode{status.st_dev, status.st_ino};
}

std::vector<std::string> ShareModel::entries(const std::string& path, GatewayScript::Depth depth) const {
    std::vector<std::string> result{path};
    if (depth == GatewayScript::Depth::one || !std::filesystem::is_directory(backing_ / path)) return result;
    for (const auto& each : std::filesystem::recursive_directory_iterator(backing_ / path)) {
        if (depth == GatewayScript::Depth::folders && !each.is_directory()) continue;
        result.push_back(each.path().lexically_relative(backing_).string());
    }
    return result;
}

std::set<std::string> ShareModel::folded_labels(const std::string& path, GatewayScript::Scope scope) const {
    std::set<std::string> result;
    const auto collect = [&](const std::string& from) {
        const auto inode = inode_of(from);
        const auto found = inode ? labels_.find(*inode) : labels_.end();
        if (found == labels_.end()) return;
        for (const auto& [folded, spelled] : found->second)
            result.insert(folded);
    };
    const bool local = scope == GatewayScript::Scope::all || scope == GatewayScript::Scope::local;
    const bool inherited = scope == GatewayScript::Scope::all || scope == GatewayScript::Scope::inherited;
    if (local) collect(path);
    if (inherited) {
        for (const std::string& folder : above(path))
            collect(folder);
    }
    // Whether the real share counts implied labels as local is not known; the harmless reading is taken.
    return scope == GatewayScript::Scope::local ? result : schema_.closed(result);
}

std::string ShareModel::run(const std::string& folder, std::string_view command) {
    const std::lock_guard lock(mutex_);
    const auto script = GatewayScript::parse(command);
    std::string text = answer(folder, command);
    history_.push_back({joined(folder, script ? script->name : ""), std::string(command), text});
    return text;
}

std::string ShareModel::answer(const std::string& folder, std::string_view command) {
    const auto script = GatewayScript::parse(command);
    if (!script) return "Error: syntax error\n";
    const std::string path = joined(folder, script->name);
    if (script->name.find('/') != std::string::npos || !inode_of(path)) return "Error: no such entry\n";
    using Verb = GatewayScript::Verb;
    std::string text;
    for (const std::string& entry : entries(path, script->depth)) {
        switch (script->verb) {
            case Verb::add:
            case Verb::remove:
            case Verb::remove_force:
                text += apply(*script, entry);
                break;
            case Verb::has:
                if (!schema_.knows(script->label)) return "Error: label '" + script->label + "' is not defined\n";
                text += folded_labels(entry, script->scope).count(fold(script->label)) != 0 ? "TRUE\n" : "FALSE\n";
                break;
            case Verb::list:
                text += list(entry, *script);
                break;
        }
    }
    return text;
}

std::string ShareModel::apply(const GatewayScript& script, const std::string& path) {
    const auto inode = inode_of(path);
    if (!inode) return {};
    const std::string folded = fold(script.label);
    if (script.verb == GatewayScript::Verb::add) {
        if (!schema_.knows(folded)) return "Error: label '" + script.label + "' is not defined\n";
        labels_[*inode].emplace(folded, script.label);
        return {};
    }
    const auto found = labels_.find(*inode);
    const bool removed = found != labels_.end() && found->second.erase(folded) != 0;
    if (removed && found->second.empty()) labels_.erase(found);
    if (removed || script.verb == GatewayScript::Verb::remove_force) return {};
    return "Error: label '" + script.label + "' not found\n";
}

std::string ShareModel::list(const std::string& path, const GatewayScript& script) const {
    std::string rows;
    for (const std::string& label : folded_labels(path, script.scope)) {
        if (script.json) {
            rows += (rows.empty() ? "" : ",") + ("{\"NAME\":\"" + label + "\"}");
        } else {
            rows += (rows.empty() ? "" : "; ") + ("|NAME = \"" + label + "\"");
        }
    }
    return script.json ? "{\"LABELS_TABLE\":[" + rows + "]}\n" : "LABELS_TABLE{" + rows + "}\n";
}

std::set<std::string> ShareModel::labels(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    std::set<std::string> result;
    const auto inode = inode_of(path);
    const auto found = inode ? labels_.find(*inode) : labels_.end();
    if (found == labels_.end()) return result;
    for (const auto& [folded, spelled] : found->second)
        result.insert(spelled);
    return result;
}

std::map<std::string, std::set<std::string>> ShareModel::all_labels() const {
    std::map<std::string, std::set<std::string>> result;
    for (const std::string& path : entries("", GatewayScript::Depth::tree)) {
        auto labels = this->labels(path);
        if (!labels.empty()) result.emplace(path, std::move(labels));
    }
    return result;
}

void ShareModel::forget(std::uint64_t device, std::uint64_t inode) {
    const std::lock_guard lock(mutex_);
    labels_.erase({device, inode});
}

std::vector<ShareModel::Done> ShareModel::history() const {
    const std::lock_guard lock(mutex_);
    return history_;
}

void ShareModel::clear_history() {
    const std::lock_guard lock(mutex_);
    history_.clear();
}

}  // namespace foley::sites
