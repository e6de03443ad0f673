// docs/host-protocol.md is right: its example decodes to what it says, and our own frames are the same bytes.
#include "core/hosting/page_layout.hpp"
#include "core/hosting/protocol.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <fstream>
#include <sstream>

using namespace foley::core;

namespace {

bool is_hex(const std::string& word) {
    return word.size() % 2 == 0 && word.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The bytes of the block that begins with "```hex <title>": the hexadecimal words at the start of each line, up to
// two blanks in a row, behind which the explanation stands.
std::string example(const std::string& title) {
    std::ifstream page(FOLEY_PROTOCOL_PAGE);
    std::string line;
    while (std::getline(page, line) && line != "```hex " + title) {
    }
    std::string bytes;
    while (std::getline(page, line) && line != "```") {
        const std::size_t start = line.find_first_not_of(' ');
        if (start == std::string::npos) continue;
        std::istringstream words(line.substr(start, line.find("  ", start) - start));
        for (std::string word; words >> word;) {
            REQUIRE(is_hex(word));
            for (std::size_t i = 0; i < word.size(); i += 2) {
                bytes.push_back(static_cast<char>(std::stoi(word.substr(i, 2), nullptr, 16)));
            }
        }
    }
    REQUIRE_FALSE(bytes.empty());
    return bytes;
}

}  // namespace

TEST_CASE("the page's example of the daemon's frames is what the code sends and reads", "[hosting][protocol_page]") {
    const std::string bytes = example("daemon-to-host");
    FrameSplitter splitter(false);
    splitter.append(bytes);
    const auto first = splitter.next();
    REQUIRE(first);
    const ConfigureFrame configure = decode_configure(first->body);
    REQUIRE(configure.plugin == "demo");
    REQUIRE(configure.library == "/x/demo.s");
    REQUIRE(configure.memory == std::uint64_t{1} << 30);
    REQUIRE(configure.files == 1024);
    const auto second = splitter.next();
    REQUIRE(second);
    const EventFrame event = decode_event(second->body);
    REQUIRE(event.sequence == Sequence{7});
    REQUIRE(event.source == "ft");
    REQUIRE(event.payload == "{}");
    REQUIRE_FALSE(splitter.next());

    std::string ours;
    encode(ours, configure);
    Event sent;
    sent.sequence = event.sequence;
    sent.source = event.source;
    sent.id = event.id;
    sent.shape = event.shape;
    sent.type = event.type;
    sent.received_at = event.received_at;
    sent.payload = event.payload;
    encode_event(ours, event.delivery, sent, event.callbacks, event.attempt, event.site);
    REQUIRE(ours == bytes);
}

TEST_CASE("the page's example of the host's frames is what the code sends and reads", "[hosting][protocol_page]") {
    const std::string bytes = example("host-to-daemon");
    FrameSplitter splitter(true);
    splitter.append(bytes);
    const auto frame = splitter.next();
    REQUIRE(frame);
    const auto outcomes = decode_outcomes(frame->body);
    REQUIRE(outcomes.size() == 1);
    REQUIRE(outcomes[0].sequence == Sequence{7});
    REQUIRE(outcomes[0].code == OutcomeCode::done);
    REQUIRE(outcomes[0].finished_callbacks == std::vector<std::uint32_t>{0});
    std::string ours;
    encode_outcomes(ours, outcomes);
    REQUIRE(ours == bytes);
}

TEST_CASE("the layout of the progress page is that of the protocol's page", "[hosting][protocol_page]") {
    REQUIRE(offsetof(PageHeader, slots) == 12);
    REQUIRE(offsetof(PageHeader, boot_id) == 16);
    REQUIRE(offsetof(PageHeader, journal_id) == 64);
    REQUIRE(offsetof(PageHeader, generation) == 176);
    REQUIRE(offsetof(PageHeader, released) == 184);
    REQUIRE(offsetof(PageHeader, host_start_time) == 192);
    REQUIRE(offsetof(PageHeader, host_pid) == 200);
    REQUIRE(offsetof(PageSlot, callback) == 16);
    REQUIRE(offsetof(PageSlot, state) == 20);
    const std::uint64_t magic = kPageMagic;
    REQUIRE(std::string(reinterpret_cast<const char*>(&magic), 8) == "FOLEYPG1");
}
