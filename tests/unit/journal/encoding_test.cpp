// The encodings of docs/journal.md that are the journal's own: attempts, standings, imported positions.
#include "core/journal/encoding.hpp"

#include <catch2/catch.hpp>

namespace foley::core {
namespace {

TEST_CASE("an attempt record comes back as it was", "[journal][encoding]") {
    AttemptRecord record;
    CHECK(decode_record(encode_record(record)).attempts == 0);
    record.attempts = 300;
    record.first_failed_at = Timestamp(std::chrono::microseconds(-5));
    record.build = "abc";
    record.finished_callbacks = {0, 1, 70000};
    record.last_reason = "share away";
    const AttemptRecord back = decode_record(encode_record(record));
    CHECK(back.attempts == 300);
    CHECK(back.first_failed_at == record.first_failed_at);
    CHECK(back.build == "abc");
    CHECK(back.finished_callbacks == record.finished_callbacks);
    CHECK(back.last_reason == "share away");
    CHECK(decode_record(encode_record(record) + "added later").attempts == 300);
}

TEST_CASE("a standing comes back as it was", "[journal][encoding]") {
    Ledger::Standing standing;
    CHECK(decode_standing(encode_standing(standing)) == standing);
    standing.read_to = Sequence{1'000'000'000'000};
    standing.open = {Sequence{1}, Sequence{999'999'999'999}, Sequence{1'000'000'000'000}};
    standing.ahead.insert(Sequence{1'000'000'000'001}, Sequence{1'000'000'000'003});
    standing.ahead.insert(Sequence{1'000'000'000'009});
    CHECK(decode_standing(encode_standing(standing)) == standing);
}

TEST_CASE("an imported position comes back as it was, and half of one is refused", "[journal][encoding]") {
    ImportedPosition imported;
    CHECK(decode_imported(encode_imported(imported)) == imported);
    imported = {"shotgrid", 4'044'184, {}, Sequence{7}, Sequence{9}};
    imported.missing.insert(0);
    imported.missing.insert(4'000'000, 4'000'123);
    imported.missing.insert(4'044'183);
    const std::string good = encode_imported(imported);
    CHECK(decode_imported(good) == imported);
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_THROWS_AS(decode_imported(good.substr(0, size)), std::runtime_error);
}

// The worked example of docs/journal.md.
TEST_CASE("an imported position is stored as the page says", "[journal][encoding]") {
    ImportedPosition imported{"sg", 1000, {}, Sequence{}, Sequence{5}};
    imported.missing.insert(900);
    imported.missing.insert(990, 992);
    CHECK(encode_imported(imported) == std::string("\x01\x02sg\xe8\x07\x00\x05\x02\x84\x07\x00\x5a\x02", 14));
}

TEST_CASE("bytes that are neither are refused, wherever they end", "[journal][encoding]") {
    Ledger::Standing standing;
    standing.read_to = Sequence{500};
    standing.open = {Sequence{3}, Sequence{400}};
    standing.ahead.insert(Sequence{600}, Sequence{700});
    const std::string good = encode_standing(standing);
    for (std::size_t size = 0; size < good.size(); ++size) {
        CHECK_THROWS_AS(decode_standing(good.substr(0, size)), std::runtime_error);
    }
    AttemptRecord record;
    record.build = "b";
    record.finished_callbacks = {1};
    const std::string attempts = encode_record(record);
    for (std::size_t size = 0; size < attempts.size(); ++size) {
        CHECK_THROWS_AS(decode_record(attempts.substr(0, size)), std::runtime_error);
    }
    CHECK_THROWS_WITH(decode_record("\x02"), Catch::Matchers::Contains("version 2"));
    CHECK_THROWS_AS(decode_standing(std::string("\x01\x05\x01\x05\x00", 5)), std::runtime_error);  // open event 0
}

}  // namespace
}  // namespace foley::core
