// The web hook over real sockets, plain and TLS.
#include "notify/delivery.hpp"
#include "notify/hook.hpp"

#include "tests/sites/certificate.hpp"
#include "tests/sites/http/hook.hpp"

#include <foley/site/curl_transport.hpp>

#include <catch2/catch.hpp>

using namespace notify;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using foley::sim::Certificate;
using foley::sim::HttpAnswer;
using foley::sim::SimHook;

namespace {

Hook hook_to(const std::string& url, const std::string& ca_file = {}, std::chrono::milliseconds timeout = 10s) {
    foley::site::CurlTransport::Options options;
    options.ca_file = ca_file;
    return {foley::Secret(url), std::make_unique<foley::site::CurlTransport>(options), timeout};
}

template <typename Error>
std::string refusal(Hook& hook) {
    try {
        hook.post("{}");
    } catch (const Error& error) {
        CHECK_THAT(error.what(), !Contains("token"));
        return error.what();
    }
    FAIL("it was taken");
    return {};
}

}  // namespace

TEST_CASE("what is posted arrives at the hook, and posts share a connection", "[notify][hook][sockets]") {
    SimHook chat;
    auto hook = hook_to(chat.url());
    hook.post(R"({"text":"Grün"})");
    hook.post(R"({"text":"again"})");
    const auto posts = chat.posts();
    REQUIRE(posts.size() == 2);
    CHECK(posts[0].method_string() == "POST");
    CHECK(posts[0].target() == "/services/T0/made-up-token");
    CHECK(posts[0].body() == R"({"text":"Grün"})");
    CHECK(posts[0]["content-type"].starts_with("application/json"));
    CHECK(posts[1].body() == R"({"text":"again"})");
}

TEST_CASE("a hook over TLS is trusted by its authority only", "[notify][hook][sockets]") {
    const Certificate certificate("localhost");
    SimHook chat({.certificate = certificate.file(), .private_key = certificate.key()});
    auto untrusting = hook_to(chat.url());
    CHECK_THAT(refusal<DeliveryAway>(untrusting), Contains("is not trusted"));
    CHECK(chat.posts().empty());
    auto hook = hook_to(chat.url(), certificate.file());
    hook.post(R"({"text":"secret things"})");
    REQUIRE(chat.posts().size() == 1);
    CHECK(chat.posts()[0].body() == R"({"text":"secret things"})");
}

TEST_CASE("what a real hook answers is told apart", "[notify][hook][sockets]") {
    SimHook chat;
    auto hook = hook_to(chat.url());
    chat.answer_next(503, "busy");
    CHECK_THAT(refusal<DeliveryAway>(hook), Contains("503") && Contains("busy"));
    chat.answer_next(429);
    CHECK_THAT(refusal<DeliveryLater>(hook), Contains("429"));
    chat.answer_next(404, "no_service");
    CHECK_THAT(refusal<DeliveryRefused>(hook), Contains("404") && Contains("no_service"));
    HttpAnswer elsewhere;
    elsewhere.response.result(302);
    elsewhere.response.set("Location", chat.url());
    chat.answer_next(elsewhere);
    refusal<DeliveryRefused>(hook);  // what is posted follows no redirection
    CHECK(chat.posts().size() == 4);
    hook.post("{}");
}

TEST_CASE("a hook that breaks off, is silent or not there is away", "[notify][hook][sockets]") {
    SimHook chat;
    auto hook = hook_to(chat.url(), {}, 300ms);
    chat.answer_next(HttpAnswer{.reset = true});
    refusal<DeliveryAway>(hook);
    chat.answer_next(HttpAnswer{.never = true});
    refusal<DeliveryAway>(hook);
    chat.go_away();
    CHECK_THAT(refusal<DeliveryAway>(hook), Contains("cannot be reached"));
}
