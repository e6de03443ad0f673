#include "core/source/shotgrid/webhook_delivery.hpp"

#include <catch2/catch.hpp>

using namespace foley;
using namespace foley::core::shotgrid;
using Ids = std::vector<std::uint64_t>;

TEST_CASE("a signature is the one that the site computes", "[source][shotgrid][webhook]") {
    CHECK(webhook_signature(Secret("my-secret"), R"({"data":{"id":"11777.3065.0","event_type":"Shotgun_Shot_Change"},)"
                                                 R"("timestamp":"2026-01-02T03:04:05Z"})") ==
          "sha1=624c210ba0ca69fd4bb170a8513a9ce78fa92717");
    CHECK(webhook_signature(Secret("key"), "The quick brown fox jumps over the lazy dog") ==
          "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9");
}

TEST_CASE("only the signature of these very bytes with this secret is good", "[source][shotgrid][webhook]") {
    const Secret secret("my-secret");
    const std::string body = R"({"data":{}})";
    const auto good = webhook_signature(secret, body);
    CHECK(is_signed(secret, body, good));
    CHECK_FALSE(is_signed(secret, body + " ", good));
    CHECK_FALSE(is_signed(Secret("my-secret "), body, good));
    CHECK_FALSE(is_signed(secret, body, good.substr(5)));
    CHECK_FALSE(is_signed(secret, body, good.substr(0, good.size() - 1)));
    CHECK_FALSE(is_signed(secret, body, std::string(good).append("0")));
    CHECK_FALSE(is_signed(secret, body, ""));
    CHECK_FALSE(is_signed(Secret(), body, webhook_signature(Secret(), body)));
    auto other = good;
    other.back() = other.back() == '0' ? '1' : '0';
    CHECK_FALSE(is_signed(secret, body, other));
    CHECK(is_signed(secret, "", webhook_signature(secret, "")));
}

TEST_CASE("a delivery names its event, a batch all of its events", "[source][shotgrid][webhook]") {
    CHECK(named_events(R"({"data":{"id":"11777.3065.0","event_log_entry_id":248249},"timestamp":"x"})") ==
          Ids{248'249});
    CHECK(named_events(R"({"data":{"deliveries":[{"event_log_entry_id":9},{"event_log_entry_id":7},)"
                       R"({"event_log_entry_id":9},{"id":"x"},7,null]}})") == Ids{7, 9});
    CHECK(named_events(R"({"data":{"deliveries":[{"event_log_entry_id":3},{"event_log_entry_id":1},)"
                       R"({"event_log_entry_id":2}]}})",
                       2) == Ids{1, 2});
}

TEST_CASE("what names no event is no harm", "[source][shotgrid][webhook]") {
    for (const char* body :
         {"", "{", "[]", "7", "null", "{}", R"({"data":[]})", R"({"data":{"id":"0","event_log_entry_id":0}})",
          R"({"data":{"event_log_entry_id":-5}})", R"({"data":{"event_log_entry_id":"12"}})",
          R"({"data":{"event_log_entry_id":1e30}})", R"({"data":{"deliveries":{}}})", "\xff\xfe"}) {
        CAPTURE(body);
        CHECK(named_events(body).empty());
    }
    CHECK(named_events(std::string(100'000, '[')).empty());
}
