#include "core/source/shotgrid/webhook_delivery.hpp"

#include <foley/json.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace foley::core::shotgrid {

namespace {

// 0 stands for no event: a site sends it when a hook is switched on or off.
void add_event(const json::Value& delivery, std::vector<std::uint64_t>& ids) {
    const auto id = json::integer(json::member(delivery, "event_log_entry_id"));
    if (id && *id > 0) ids.push_back(static_cast<std::uint64_t>(*id));
}

}  // namespace

std::string webhook_signature(const Secret& secret, std::string_view body) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const std::string& key = secret.reveal();
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    // OpenSSL counts bytes as unsigned char.
    const auto* data = reinterpret_cast<const unsigned char*>(body.data());
    if (::HMAC(::EVP_sha1(), key.data(), static_cast<int>(key.size()), data, body.size(), bytes.data(), &size) ==
        nullptr)
        throw std::runtime_error("cannot compute an HMAC-SHA1");
    std::string out = "sha1=";
    for (unsigned i = 0; i < size; ++i) {
        out += kDigits[bytes.at(i) >> 4U];
        out += kDigits[bytes.at(i) & 15U];
    }
    return out;
}

bool is_signed(const Secret& secret, std::string_view body, std::string_view signature) {
    if (secret.empty()) return false;
    const auto wanted = webhook_signature(secret, body);
    return signature.size() == wanted.size() && ::CRYPTO_memcmp(signature.data(), wanted.data(), wanted.size()) == 0;
}

std::vector<std::uint64_t> named_events(std::string_view body, std::size_t most) {
    std::vector<std::uint64_t> ids;
    try {
        const auto delivery = json::parse(body);
        const auto& data = json::member(delivery, "data");
        const auto& batch = json::member(data, "deliveries");
        if (batch.IsArray()) {
            for (const auto& one : batch.GetArray())
                add_event(one, ids);
        } else {
            add_event(data, ids);
        }
    } catch (const json::ParseError&) {
        return {};
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (ids.size() > most) ids.resize(most);
    return ids;
}

}  // namespace foley::core::shotgrid
