// Payloads come from outside. Real ones are damaged at random, as text and as JSON, and every accessor of an event is
// asked for all it has: under the sanitizers nothing may go wrong, and the only exception is json::ParseError.
#include "payloads.hpp"

#include <foley/plugin.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>

using namespace foley;

namespace {

const std::vector<std::pair<Shape, std::string>>& real_payloads() {
    static const std::vector<std::pair<Shape, std::string>> payloads{{Shape::ftrack, tests::kFtrackUpdate},
                                                                     {Shape::ftrack, tests::kFtrackRemove},
                                                                     {Shape::ftrack, tests::kFtrackAction},
                                                                     {Shape::shotgrid, tests::kShotgridChange},
                                                                     {Shape::shotgrid, tests::kShotgridRetirement},
                                                                     {Shape::shotgrid, tests::kShotgridBackReference},
                                                                     {Shape::shotgrid, tests::kShotgridMaintenance},
                                                                     {Shape::ayon, tests::kAyonChange},
                                                                     {Shape::plain, tests::kPlain}};
    return payloads;
}

std::size_t touch(const Value& value) {
    std::size_t sum =
        value.text().size() + value.texts().size() + (value.is_null() ? 1 : 0) + (value.is_true() ? 1 : 0);
    sum += value.number() ? 1 : 0;
    sum += value.integer() ? 1 : 0;
    return sum + static_cast<std::size_t>(value.json().GetType());
}

// Looks at everything; what it adds up matters to no one but the optimiser.
std::size_t touch(const Event& event) {
    std::size_t sum = event.payload().size() + event.entity().id.size() + event.change().attribute.size();
    for (const Change& change : event.changes()) {
        sum += change.entity.type.size() + change.entity.name.size() + change.action.size();
        for (const Value* value :
             {&change.old_value, &change.new_value, &change.added, &change.removed, &change.entity.json}) {
            sum += touch(*value);
        }
    }
    for (const Project& project : event.projects())
        sum += project.id.size() + project.name.size();
    sum += event.user().name.size() + event.actual_user().id.size() + event.session().size();
    return sum + static_cast<std::size_t>(event.created_at().time_since_epoch().count() != 0);
}

void feed(Shape shape, const std::string& payload) {
    foley_event raw{};
    raw.size = sizeof(raw);
    raw.shape = static_cast<std::int32_t>(shape);
    raw.payload = {payload.data(), payload.size()};
    const Event event(raw);
    try {
        const std::size_t sum = touch(event);  // outside of CHECK, which would catch what it throws
        CHECK(sum > 0);
    } catch (const json::ParseError& error) {
        CHECK(error.line() > 0);
    }
}

class Mutator {
public:
    explicit Mutator(unsigned seed) : engine_(seed) {}

    // Bytes changed, removed, repeated or swapped.
    std::string damage_text(std::string text) {
        for (std::size_t i = 0, count = 1 + below(6); i < count && !text.empty(); ++i) {
            const std::size_t at = below(text.size());
            switch (below(5)) {
                case 0:
                    text[at] = static_cast<char>(below(256));
                    break;
                case 1:
                    text.erase(at, 1 + below(20));
                    break;
                case 2:
                    text.insert(at, text.substr(at, 1 + below(40)));
                    break;
                case 3:
                    std::swap(text[at], text[below(text.size())]);
                    break;
                default:
                    text.insert(at, kPieces[below(kPieces.size())]);
                    break;
            }
        }
        return text;
    }

    // A value somewhere in the document becomes another kind of value, or a member goes away.
    std::string damage_json(const std::string& text) {
        json::Document document = json::parse(text);
        for (std::size_t i = 0, count = 1 + below(4); i < count; ++i)
            damage(document, document.GetAllocator());
        return json::stringify(document);
    }

    std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_); }

private:
    void damage(json::Value& value, json::Document::AllocatorType& allocator) {
        if (value.IsObject() && value.MemberCount() > 0 && below(4) != 0) {
            const auto at = value.MemberBegin() + static_cast<std::ptrdiff_t>(below(value.MemberCount()));
            if (below(8) == 0) {
                value.RemoveMember(at);
            } else {
                damage(at->value, allocator);
            }
        } else if (value.IsArray() && !value.Empty() && below(4) != 0) {
            damage(value[static_cast<rapidjson::SizeType>(below(value.Size()))], allocator);
        } else {
            value.CopyFrom(json::parse(kValues[below(kValues.size())]), allocator);
        }
    }

    inline static const std::vector<std::string> kPieces{
        "{",        "}",        "[", "]", "\"", ",", ":", "null", "\\u0000", "\\", "1e999", std::string(1, '\0'),
        "\xf0\x9f", "[[[[[[[[", "-", "\n"};
    inline static const std::vector<std::string> kValues{"null",
                                                         "true",
                                                         "[]",
                                                         "{}",
                                                         "\"\"",
                                                         "0",
                                                         "-1",
                                                         "1.5",
                                                         "18446744073709551615",
                                                         "[null]",
                                                         "[[[[1]]]]",
                                                         R"("a, ,b,")",
                                                         R"({"id": {"id": 1}})",
                                                         R"([{"entityId": [], "keys": {}, "changes": []}])",
                                                         R"("\u0000")",
                                                         R"({"name": null, "id": null})",
                                                         R"("2026-99-99T99:99:99Z")"};
    std::mt19937 engine_;
};

int rounds() {
    const char* scale = std::getenv("FOLEY_TEST_SCALE");
    return static_cast<int>(4000 * (scale ? std::strtod(scale, nullptr) : 1.0)) + 200;
}

}  // namespace

TEST_CASE("no damage to a payload's text does harm", "[sdk][hostile]") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    Mutator mutator(seed);
    for (int i = 0; i < rounds(); ++i) {
        const auto& [shape, payload] = real_payloads()[mutator.below(real_payloads().size())];
        const std::string damaged = mutator.damage_text(payload);
        CAPTURE(damaged);
        feed(shape, damaged);
    }
}

TEST_CASE("no value of another kind in a payload does harm, whatever its shape", "[sdk][hostile]") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    Mutator mutator(seed);
    for (int i = 0; i < rounds(); ++i) {
        const auto& [shape, payload] = real_payloads()[mutator.below(real_payloads().size())];
        const std::string damaged = mutator.damage_json(payload);
        CAPTURE(damaged);
        feed(mutator.below(4) == 0 ? static_cast<Shape>(mutator.below(4)) : shape, damaged);
    }
}

TEST_CASE("a payload with very many keys or projects is read in reasonable time", "[sdk][hostile]") {
    constexpr int kMany = 100'000;
    std::string keys;
    std::string changes;
    std::string parents;
    for (int i = 0; i < kMany; ++i) {
        const std::string comma = i > 0 ? "," : "";
        const std::string number = std::to_string(i);
        keys += comma + "\"k" + number + "\"";
        changes += comma + "\"k" + number + R"(":{"new":1})";
        parents += comma + R"({"entityType":"show","entityId":"p)" + number + "\"}";
    }
    const std::string payload = R"({"data":{"entities":[{"entityType":"task","entityId":"t","keys":[)" + keys +
                                R"(],"changes":{)" + changes + R"(},"parents":[)" + parents + "]}]}}";
    const json::Document document = json::parse(payload);
    const EventFacts facts = read_facts(Shape::ftrack, document);
    CHECK(facts.changes.size() == kMany);
    CHECK(facts.projects.size() == kMany);
}

TEST_CASE("an id that is far too long is none, so that it is not multiplied by the changes", "[sdk][hostile]") {
    const std::string payload = R"({"data":{"entities":[{"entityType":"task","entityId":")" +
                                std::string(100'000, 'x') + R"(","keys":["a","b"]}]}})";
    const json::Document document = json::parse(payload);
    const EventFacts facts = read_facts(Shape::ftrack, document);
    REQUIRE(facts.changes.size() == 2);
    CHECK(facts.changes[0].entity.id.empty());
    CHECK(facts.changes[0].attribute == "a");
}
