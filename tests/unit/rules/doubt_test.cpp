#include "rules/doubt.hpp"

#include <foley/site/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>

using namespace std::chrono_literals;
using foley::site::Reached;
using rules::Doubt;

namespace {

const auto kBegan = foley::Timestamp(1000s);
const auto kNow = Doubt::Clock::time_point(50s);

bool doubts(const foley::SiteError& error) {
    Doubt doubt(10s, kBegan, kNow);
    doubt.add(error, kNow);
    return doubt.left(kBegan + 1s, kNow).has_value();
}

}  // namespace

TEST_CASE("an event of before the start waits until the other process's work would show", "[rules][doubt]") {
    const Doubt doubt(10s, kBegan, kNow);
    CHECK(doubt.left(kBegan, kNow) == foley::Duration(10s));
    CHECK(doubt.left(kBegan - 1h, kNow + 4s) == foley::Duration(6s));
    CHECK_FALSE(doubt.left(kBegan, kNow + 10s));
    CHECK_FALSE(doubt.left(kBegan + 1us, kNow));
    CHECK_FALSE(Doubt(0s, kBegan, kNow).left(kBegan, kNow));
}

TEST_CASE("a write that may have been carried out leaves a doubt for a while", "[rules][doubt]") {
    Doubt doubt(10s, kBegan, kNow);
    doubt.add(foley::site::TimeoutError("x", Reached::maybe), kNow + 5s);
    CHECK(doubt.left(kBegan + 1s, kNow + 5s) == foley::Duration(10s));
    CHECK_FALSE(doubt.left(kBegan + 1s, kNow + 15s));
}

TEST_CASE("only what the site may carry out leaves a doubt", "[rules][doubt]") {
    CHECK(doubts(foley::site::ConnectionError("x", Reached::maybe)));
    CHECK(doubts(foley::site::StatusError("x", 504)));
    CHECK(doubts(foley::site::NotJsonError("x", "<html>")));
    CHECK(doubts(foley::site::ServerError("x", "OperationalError", 500)));
    CHECK_FALSE(doubts(foley::site::ConnectionError("x", Reached::no)));
    CHECK_FALSE(doubts(foley::site::TimeoutError("x", Reached::no)));
    CHECK_FALSE(doubts(foley::site::StatusError("x", 503)));
    CHECK_FALSE(doubts(foley::site::StatusError("x", 429)));
    CHECK_FALSE(doubts(foley::site::StatusError("x", 404)));
    CHECK_FALSE(doubts(foley::site::ServerError("x", "104")));
    CHECK_FALSE(doubts(foley::site::PermissionError("x")));
    CHECK_FALSE(doubts(foley::site::ValidationError("x")));
}
