#include <foley/site/error.hpp>
#include <foley/site/ftrack_subscription.hpp>

#include <catch2/catch.hpp>

using foley::site::FtrackSubscription;
using Wildcard = FtrackSubscription::Wildcard;

namespace {

const foley::json::Document& event() {
    static const auto document = foley::json::parse(
        R"({"topic":"ftrack.update","data":{"n":10,"f":"10","l":["a","b"],"e":"","t":"x:y","none":null,"b":true,)"
        R"("keys":["hs_location"]},"source":{"user":{"username":"bob"}}})");
    return document;
}

bool matches(const std::string& expression, Wildcard wildcard = Wildcard::substring) {
    return FtrackSubscription(expression, wildcard).matches(event());
}

}  // namespace

TEST_CASE("expressions that hold for the event of the reference table", "[site][subscription]") {
    const auto expression = GENERATE(
        as<std::string>{}, "topic=ftrack.update", R"(topic = "ftrack.update")", "topic='ftrack.update'",
        "  topic=ftrack.update  ", "topic=*", R"(topic="*")", "topic=ftrack.*", "topic=update*", "topic!=ftrack.*",
        "data.f=10", "data.f<9", "topic<=ftrack.update", "data.l=a*", "data.keys=hs_location*", "data=n*", "data.e=*",
        "not data.missing=x", R"(data.t="x:y")", R"(topic!="")", "topic=x or topic=ftrack.update and data.f=10",
        "topic=x and topic=y or topic=ftrack.update", "topic=ftrack.update AND data.f=10",
        "topic=ftrack.update And not data.f=11", "topic=ftrack.update and (data.f=10 or data.f=11)",
        "topic=ftrack.update\nand data.f=10", "topic=ftrack.update\tand\tdata.f=10", "(topic=ftrack.update)",
        "source.user.username=bob", "not(topic=x)", "data.n!=11", "data.none!=x", "data.l!=a", "data.b!=true");
    CAPTURE(expression);
    CHECK(matches(expression));
}

TEST_CASE("expressions that do not hold for the event of the reference table", "[site][subscription]") {
    const auto expression =
        GENERATE(as<std::string>{}, "topic=**", "topic=ftr*te", "topic=ftrack.upd", "topic!=ftrack.update", "data.n=10",
                 "data.b=true", "data.b=True", "data.f>9", "data.l=a", "data.l.0=a", "data.l=c*", "data.l=*", "data=*",
                 "data.missing=x", "data.missing!=x", R"(nosuch="")", "not topic=x and topic=y", "not not topic=x",
                 "TOPIC=ftrack.update", "nottopic=x", "topic.x=1", "data.f=-1", R"(topic="björn")", "and=1", "not=1",
                 "topic=not", "1=1", "a.=b", "..=b");
    CAPTURE(expression);
    CHECK_FALSE(matches(expression));
}

TEST_CASE("a condition that ends ftrack's Python client is false", "[site][subscription]") {
    const auto expression =
        GENERATE(as<std::string>{}, "data.n>5", "data.n=1*", "data.none=x*", R"(topic="")", "data.l>a", "data<x");
    CAPTURE(expression);
    CHECK_FALSE(matches(expression));
}

TEST_CASE("what is no expression is refused with its place", "[site][subscription]") {
    const auto expression =
        GENERATE(as<std::string>{}, "", "   ", "topic", "topic=", "topic=a b", "topic==x", "topic=x and",
                 "topic=xand data.f=1", "topic=x&y=z", "x-y=1", "topic=björn", "data.t=x:y", R"(topic="a" "b")",
                 R"(topic="a\")", "(topic=x", "topic=x)", "topic=\"a\nb\"", "=x", "or topic=x");
    CAPTURE(expression);
    CHECK_THROWS_AS(FtrackSubscription(expression), foley::site::ValidationError);
}

TEST_CASE("a trailing star is a prefix unless told to be a substring", "[site][subscription]") {
    CHECK(matches("topic=ftrack.*", Wildcard::prefix));
    CHECK_FALSE(matches("topic=update*", Wildcard::prefix));
    CHECK(matches("topic=update*", Wildcard::substring));
}

TEST_CASE("nothing inside quotes is unescaped", "[site][subscription]") {
    const auto text = foley::json::parse(R"({"a":"x\\\"y","b":"x\"\"y","c":"it's"})");
    CHECK(FtrackSubscription(R"(a="x\"y")").matches(text));
    CHECK(FtrackSubscription(R"(b="x""y")").matches(text));
    CHECK(FtrackSubscription(R"(c="it's")").matches(text));
}

TEST_CASE("an expression from outside cannot exhaust the stack", "[site][subscription]") {
    const std::string deep = std::string(100'000, '(').append("topic=x").append(100'000, ')');
    CHECK_THROWS_AS(FtrackSubscription(deep), foley::site::ValidationError);
    std::string negations;
    for (int i = 0; i < 100'000; ++i)
        negations += "not ";
    CHECK_THROWS_AS(FtrackSubscription(negations + "topic=x"), foley::site::ValidationError);
}

TEST_CASE("an expression says when it is about one topic only", "[site][subscription]") {
    CHECK(FtrackSubscription("topic=ftrack.update").only_topic() == "ftrack.update");
    CHECK(FtrackSubscription("topic=ftrack.*").only_topic().empty());
    CHECK(FtrackSubscription("topic=a and b=c").only_topic().empty());
}
