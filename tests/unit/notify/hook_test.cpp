#include "notify/hook.hpp"

#include "notify/delivery.hpp"

#include <catch2/catch.hpp>

using namespace notify;
using Catch::Matchers::Contains;
using foley::site::FakeTransport;
using foley::site::Request;
using foley::site::Response;

namespace {

const std::string kAddress = "https://hooks.x.test/services/T0/made-up-token";

Hook hook_that_answers(FakeTransport::Answer answer) {
    return {foley::Secret(kAddress), std::make_unique<FakeTransport>(std::move(answer)), std::chrono::seconds(5)};
}

}  // namespace

TEST_CASE("JSON is posted to the hook's address", "[notify][hook]") {
    Request seen;
    auto hook = hook_that_answers([&](const Request& request) {
        seen = request;
        return Response{.status = 200, .headers = {}, .body = "ok"};
    });
    hook.post(R"({"text":"hello"})");
    CHECK(seen.method == "POST");
    CHECK(seen.url == kAddress);
    CHECK(seen.body == R"({"text":"hello"})");
    CHECK_THAT(std::string(*foley::site::find_header(seen.headers, "content-type")), Contains("application/json"));
    CHECK_THAT(seen.what, !Contains("token"));
}

TEST_CASE("what the hook answers decides whether it is tried again", "[notify][hook]") {
    const auto answer = [](int status) {
        return hook_that_answers(
            [status](const Request&) { return Response{.status = status, .headers = {}, .body = "no"}; });
    };
    CHECK_THROWS_AS(answer(503).post("{}"), DeliveryAway);
    CHECK_THROWS_AS(answer(429).post("{}"), DeliveryLater);
    CHECK_THROWS_WITH(answer(404).post("{}"), Contains("404") && Contains("hook_url") && !Contains("token"));
    CHECK_THROWS_AS(answer(302).post("{}"), DeliveryRefused);
    auto gone = hook_that_answers([](const Request&) -> Response {
        throw foley::site::ConnectionError("cannot be reached", foley::site::Reached::no);
    });
    CHECK_THROWS_AS(gone.post("{}"), DeliveryAway);
}
