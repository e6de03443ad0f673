// The facts encoding of docs/journal.md, its worked example included.
#include "core/event/encoding.hpp"

#include <catch2/catch.hpp>

namespace foley::core {
namespace {

std::string from_hex(std::string_view hex) {
    std::string bytes;
    int high = -1;
    for (const char digit : hex) {
        if (digit == ' ' || digit == '\n') continue;
        const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
        if (high < 0) {
            high = value;
        } else {
            bytes.push_back(static_cast<char>(high * 16 + value));
            high = -1;
        }
    }
    return bytes;
}

// The example of docs/journal.md.
constexpr const char* kExample =
    "01"
    " 02 01 01"
    " 03 0d 66 74 72 61 63 6b 2e 75 70 64 61 74 65"
    " 04 04 53 6e 6f 77"
    " 05 04 61 6e 6e 61"
    " 06 1a 04 74 61 73 6b 04 34 66 37 65 08 6c 6f 63 61 74 69 6f 6e 06 75 70 64 61 74 65"
    " 07 08 00 40 1e 18 24 0a 06 00";

Event example() {
    Event event;
    event.shape = Shape::ftrack;
    event.type = "ftrack.update";
    event.projects = {"Snow"};
    event.user = "anna";
    event.changes = {{"task", "4f7e", "location", "update"}};
    event.received_at = Timestamp(std::chrono::seconds(1'700'000'000));
    return event;
}

void check_same_facts(const Event& left, const Event& right) {
    CHECK(left.kind == right.kind);
    CHECK(left.shape == right.shape);
    CHECK(left.type == right.type);
    CHECK(left.projects == right.projects);
    CHECK(left.user == right.user);
    CHECK(left.actual_user == right.actual_user);
    CHECK(left.changes == right.changes);
    CHECK(left.received_at == right.received_at);
    CHECK(left.deadline == right.deadline);
}

TEST_CASE("who acted in another's name is kept", "[event][encoding]") {
    Event event = example();
    event.actual_user = "daemon 1.0";
    Event back;
    decode_facts(encode_facts(event), back);
    check_same_facts(back, event);
    decode_facts(encode_facts(example()), back);
    CHECK(back.actual_user.empty());
}

TEST_CASE("the worked example of the format page is what is written and read", "[event][encoding]") {
    const auto hex = [](std::string_view bytes) {
        std::string text;
        constexpr std::string_view kDigits = "0123456789abcdef";
        for (const char byte : bytes) {
            text += kDigits[static_cast<std::uint8_t>(byte) >> 4];
            text += kDigits[static_cast<std::uint8_t>(byte) & 15];
            text += ' ';
        }
        return text;
    };
    CHECK(hex(encode_facts(example())) == hex(from_hex(kExample)));
    Event back;
    decode_facts(from_hex(kExample), back);
    check_same_facts(back, example());
}

TEST_CASE("facts come back as they were, and nothing of the event before stays", "[event][encoding]") {
    Event event = example();
    event.kind = EventKind::gap;
    event.deadline = Timestamp(std::chrono::microseconds(-1));
    event.type = std::string(300, 't');
    event.projects = {"", "a", std::string("\0z", 2)};
    event.changes.push_back({"", std::string(70000, 'i'), "", ""});
    Event back = example();
    back.payload = "kept";
    decode_facts(encode_facts(event), back);
    check_same_facts(back, event);
    CHECK(back.payload == "kept");
    decode_facts(encode_facts(Event{}), back);
    check_same_facts(back, Event{});
}

TEST_CASE("facts that are cut short are refused", "[event][encoding]") {
    Event event;
    const std::string bytes = encode_facts(example());
    // Whole fields may be missing, so a cut between two of them cannot be told; any other is.
    std::size_t refused = 0;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        try {
            decode_facts(std::string_view(bytes).substr(0, size), event);
        } catch (const std::runtime_error& error) {
            CHECK_THAT(error.what(), Catch::Matchers::StartsWith("the facts of an event "));
            ++refused;
        }
    }
    CHECK(refused == bytes.size() - 6);
}

TEST_CASE("what a newer Foley added is skipped or refused, as its number says", "[event][encoding]") {
    Event event;
    decode_facts(encode_facts(example()) + from_hex("7f 03 61 62 63"), event);
    check_same_facts(event, example());
    // A change with a fifth part.
    decode_facts(from_hex("01 06 07 01 61 00 00 00 01 62"), event);
    CHECK(event.changes == std::vector<Change>{{"a", "", "", ""}});
    CHECK_THROWS_AS(decode_facts(encode_facts(example()) + from_hex("80 00"), event), std::runtime_error);
    CHECK_THROWS_WITH(decode_facts(from_hex("02"), event), Catch::Matchers::Contains("version 2"));
    CHECK_THROWS_AS(decode_facts(from_hex("01 01 01 07"), event), std::runtime_error);
    CHECK_THROWS_AS(decode_facts(from_hex("01 02 01 09"), event), std::runtime_error);
}

TEST_CASE("lengths that lie are refused", "[event][encoding]") {
    Event event;
    for (const char* hex :
         {"01 03 05 61", "01 03 ff ff ff ff ff ff ff ff ff 01", "01 03 ff ff ff ff ff ff ff ff ff ff 01",
          "01 07 07 00 00 00 00 00 00 00", "01 01 02 00 00", "01 06 01 05"}) {
        CHECK_THROWS_AS(decode_facts(from_hex(hex), event), std::runtime_error);
    }
}

}  // namespace
}  // namespace foley::core
