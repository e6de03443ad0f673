#include "abi_text.hpp"

#include <foley/error.hpp>
#include <foley/state.hpp>

namespace foley {
namespace {

[[noreturn]] void fail(int code, std::string_view what, std::string_view key) {
    const std::string operation = "cannot " + std::string(what) + " the stored value of \"" +
                                  std::string(key.substr(0, 80)) + (key.size() > 80 ? "…" : "") + "\": ";
    switch (code) {
        case FOLEY_ETOOBIG:
            throw Error(operation + "it is over its limit. A key has 1 to 1024 bytes, a value up to 1 MiB.");
        case FOLEY_EINVAL:
            throw Error(operation + "the key is empty. A key has 1 to 1024 bytes.");
        case FOLEY_ELATE:
            throw Error(operation + "the store can be used only inside a callback, on its thread.");
        default:
            throw Error(operation + "the daemon did not answer.");
    }
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void collect(void* self, foley_text key, foley_text value) {
    static_cast<Pairs*>(self)->emplace_back(detail::from_abi(key), detail::from_abi(value));
}

}  // namespace

std::optional<std::string> State::get(std::string_view key) const {
    foley_text value{};
    const int code = host_->state_get(host_->self, detail::to_abi(key), &value);
    if (code == FOLEY_ENOTFOUND) return {};
    if (code != FOLEY_OK) fail(code, "read", key);
    return std::string(detail::from_abi(value));
}

void State::put(std::string_view key, std::string_view value) {
    const int code = host_->state_put(host_->self, detail::to_abi(key), detail::to_abi(value));
    if (code != FOLEY_OK) fail(code, "write", key);
}

void State::erase(std::string_view key) {
    const int code = host_->state_erase(host_->self, detail::to_abi(key));
    if (code != FOLEY_OK && code != FOLEY_ENOTFOUND) fail(code, "erase", key);
}

Pairs State::list(std::string_view prefix, std::string_view after, std::size_t limit) const {
    Pairs pairs;
    const int code =
        host_->state_list(host_->self, detail::to_abi(prefix), detail::to_abi(after), limit, &pairs, collect);
    if (code != FOLEY_OK) fail(code, "list", prefix);
    return pairs;
}

void State::for_each(std::string_view prefix,
                     const std::function<void(const std::string& key, const std::string& value)>& each) const {
    constexpr std::size_t kPage = 500;
    std::string after;
    for (;;) {
        const Pairs page = list(prefix, after, kPage);
        for (const auto& [key, value] : page)
            each(key, value);
        if (page.size() < kPage) return;
        after = page.back().first;
    }
}

}  // namespace foley
