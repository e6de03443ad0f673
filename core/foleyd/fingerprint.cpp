#include "core/foleyd/fingerprint.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace foley::core {
namespace {

// SHA-256 over parts, each with its length, so that no two sequences of parts run together.
class Digest {
public:
    Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) fail();
    }

    void add(std::string_view text) {
        const std::uint64_t size = text.size();
        if (EVP_DigestUpdate(context_.get(), &size, sizeof size) != 1) fail();
        if (EVP_DigestUpdate(context_.get(), text.data(), text.size()) != 1) fail();
    }
    template <typename... Values>
    void add_all(const Values&... values) {
        (add(fmt::format("{}", values)), ...);
    }
    void add(const std::vector<std::string>& texts) {
        add_all(texts.size());
        for (const std::string& text : texts)
            add(text);
    }
    void add(const YamlNode& node) {
        add_all(static_cast<int>(node.kind), node.plain, node.items.size(), node.entries.size());
        add(node.text);
        for (const YamlNode& item : node.items)
            add(item);
        for (const YamlEntry& entry : node.entries) {
            add(entry.key);
            add(entry.value);
        }
    }
    void add(const SiteConfig& site) {
        add_all(site.name, site.kind, site.url, site.user, site.proxy.reveal(), site.ca_file.string());
        add(site.api_key.reveal());
    }

    std::string finish() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size = 0;
        if (EVP_DigestFinal_ex(context_.get(), bytes.data(), &size) != 1) fail();
        std::string text;
        for (unsigned i = 0; i < size; ++i)
            text += fmt::format("{:02x}", bytes.at(i));
        return text;
    }

private:
    [[noreturn]] static void fail() { throw std::runtime_error("cannot compute a SHA-256 digest"); }

    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

void add_options(Digest& digest, const PluginConfig& plugin) {
    const auto time = plugin.start.time.time_since_epoch().count();
    digest.add_all(
        plugin.enabled, static_cast<int>(plugin.start.kind), plugin.start.sequence.value, time, plugin.start.source,
        plugin.start.id, plugin.start.handled, plugin.state_of, static_cast<int>(plugin.on_error),
        static_cast<int>(plugin.on_crash), plugin.restarts, plugin.restart_window.count(), plugin.retry_attempts,
        plugin.retry_for.count(), static_cast<int>(plugin.when_disabled), plugin.dry_run,
        plugin.skip_own_events ? static_cast<int>(*plugin.skip_own_events) : -1, plugin.callback_warn.count(),
        plugin.callback_timeout.count(), plugin.silence_timeout.count(), plugin.limits.memory, plugin.limits.files,
        plugin.limits.processes, plugin.limits.core, plugin.limits.hello_timeout.count(), plugin.window);
    for (const auto& [first, last] : plugin.start.missing.ranges())
        digest.add_all(first, last);
    digest.add(plugin.after);
    digest.add(plugin.sites);
    for (const auto& [name, value] : plugin.environment)
        digest.add_all(name, value);
}

void add_options(Digest& digest, const ShotgridSourceConfig& source) {
    digest.add_all(static_cast<int>(source.start.kind), source.start.id, source.start.time.time_since_epoch().count(),
                   source.without_project, source.skip_own_events, source.poll.count(), source.poll_idle.count(),
                   source.page, source.gap_timeout.count(), source.gap_recheck.count(), source.gap_recheck_for.count());
    digest.add_all(source.webhook.has_value());
    if (source.webhook) {
        digest.add_all(source.webhook->address, source.webhook->port, source.webhook->path);
        digest.add(source.webhook->secret.reveal());
    }
    for (const auto* texts : {&source.projects, &source.exclude_projects, &source.types, &source.exclude_types})
        digest.add(*texts);
}

}  // namespace

std::string fingerprint(const PluginConfig& plugin, const Configuration& configuration) {
    Digest digest;
    add_options(digest, plugin);
    if (plugin.settings) digest.add(*plugin.settings);
    for (const SiteConfig& site : configuration.sites)
        digest.add(site);
    return digest.finish();
}

std::string sources_fingerprint(const Configuration& configuration) {
    Digest digest;
    for (const SourceConfig& source : configuration.sources) {
        digest.add(source.name);
        std::string site;
        if (const auto* ftrack = std::get_if<FtrackSourceConfig>(&source.kind)) {
            digest.add(ftrack->topics);
            digest.add(ftrack->subscriptions);
            digest.add(ftrack->interactive);
            digest.add_all(ftrack->reply_deadline.count());
            site = ftrack->site;
        } else if (const auto* shotgrid = std::get_if<ShotgridSourceConfig>(&source.kind)) {
            add_options(digest, *shotgrid);
            site = shotgrid->site;
        } else if (const auto* file = std::get_if<FileSourceConfig>(&source.kind)) {
            digest.add_all(file->path.string(), static_cast<int>(file->shape), file->from_start);
            site = file->site;
        }
        digest.add(site);
        for (const SiteConfig& known : configuration.sites) {
            if (known.name == site) digest.add(known);
        }
    }
    return digest.finish();
}

}  // namespace foley::core
