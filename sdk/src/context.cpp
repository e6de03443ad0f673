#include "abi_text.hpp"

#include <foley/context.hpp>

namespace foley {
namespace {

// The members of a site connection that have a place of their own.
bool read_known(SiteConnection& site, std::string_view name, const json::Value& value) {
    if (name == "name")
        site.name = json::to_text(value);
    else if (name == "kind")
        site.kind = json::to_text(value);
    else if (name == "url")
        site.url = json::to_text(value);
    else if (name == "user")
        site.user = json::to_text(value);
    else if (name == "secret")
        site.secret = Secret(json::to_text(value));
    else if (name == "proxy")
        site.proxy = json::to_text(value);
    else if (name == "ca_file")
        site.ca_file = json::to_text(value);
    else
        return false;
    return true;
}

SiteConnection read_site(std::string_view text) {
    const json::Document document = json::parse(text);
    SiteConnection site;
    if (!document.IsObject()) return site;
    for (const auto& member : document.GetObject()) {
        const std::string_view name = json::text_or_empty(member.name);
        if (!read_known(site, name, member.value)) site.options[std::string(name)] = json::to_text(member.value);
    }
    return site;
}

[[noreturn]] void no_site(std::string_view name) {
    if (name.empty()) {
        throw Error(
            "there is no site connection for this plugin, or several and no default: name one, "
            "context.site(\"name\"), and see `sites:` in the daemon's configuration.");
    }
    throw Error("there is no site connection named \"" + std::string(name) +
                "\" for this plugin. See `sites:` in the daemon's configuration.");
}

}  // namespace

Context::Context(const foley_host& host, std::string_view event_site)
    : host_(host), event_site_(event_site), logger_(host), state_(host) {}

json::Document Context::settings() const {
    return json::parse(detail::from_abi(host_.settings(host_.self)));
}

SiteConnection Context::site(std::string_view name) const {
    if (name.empty()) name = event_site_;
    foley_text text{};
    if (host_.site(host_.self, detail::to_abi(name), &text) != FOLEY_OK) no_site(name);
    SiteConnection site = read_site(detail::from_abi(text));
    site.dry_run = dry_run();
    return site;
}

bool Context::dry_run() const {
    return host_.dry_run(host_.self) != 0;
}

void Context::progress(std::string_view what) const noexcept {
    host_.progress(host_.self, detail::to_abi(what));
}

bool Context::reply(std::string_view text) const {
    switch (host_.reply(host_.self, detail::to_abi(text))) {
        case FOLEY_OK:
            return true;
        case FOLEY_ELATE:
        case FOLEY_ENOTFOUND:
            return false;
        case FOLEY_EINVAL:
            throw Error("a reply must be JSON, and this is not: " + std::string(text.substr(0, 200)));
        case FOLEY_ETOOBIG:
            throw Error("a reply of " + std::to_string(text.size()) + " bytes is over the daemon's limit.");
        default:
            throw Error("the reply did not reach the daemon.");
    }
}

bool Context::reply(const json::Value& value) const {
    return reply(json::stringify(value));
}

}  // namespace foley
