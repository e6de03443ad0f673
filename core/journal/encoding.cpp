#include "core/journal/encoding.hpp"

#include "core/event/bytes.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace foley::core {
namespace {

constexpr std::uint8_t kVersion = 1;  // stored: of all encodings

void expect_version(ByteReader& reader, const char* what) {
    const std::uint8_t version = reader.byte();
    if (version == kVersion) return;
    throw std::runtime_error(std::string(what) + " are of version " + std::to_string(version) +
                             ", this Foley reads version " + std::to_string(kVersion));
}

[[noreturn]] void refuse(const char* what) {
    throw std::runtime_error(std::string(what) + " make no sense");
}

}  // namespace

std::string encode_record(const AttemptRecord& record) {
    std::string out;
    out.push_back(static_cast<char>(kVersion));
    put_number(out, record.attempts);
    put_time(out, record.first_failed_at);
    put_text(out, record.build);
    put_number(out, record.finished_callbacks.size());
    for (const std::uint32_t callback : record.finished_callbacks)
        put_number(out, callback);
    put_text(out, record.last_reason);
    return out;
}

AttemptRecord decode_record(std::string_view bytes) {
    constexpr const char* kWhat = "the attempts of an event";
    ByteReader reader(bytes, kWhat);
    expect_version(reader, kWhat);
    const auto small = [&] {
        const std::uint64_t value = reader.number();
        if (value > std::numeric_limits<std::uint32_t>::max()) refuse(kWhat);
        return static_cast<std::uint32_t>(value);
    };
    AttemptRecord record;
    record.attempts = small();
    record.first_failed_at = reader.time();
    record.build = reader.text();
    for (std::uint64_t left = reader.number(); left > 0; --left)
        record.finished_callbacks.push_back(small());
    record.last_reason = reader.text();
    return record;
}

// Numbers are stored as differences to the one before, so a window of events takes a byte or two each.
std::string encode_standing(const Ledger::Standing& standing) {
    std::string out;
    out.push_back(static_cast<char>(kVersion));
    put_number(out, standing.read_to.value);
    put_number(out, standing.open.size());
    std::uint64_t above = standing.read_to.value;
    for (auto open = standing.open.rbegin(); open != standing.open.rend(); ++open) {
        put_number(out, above - open->value);
        above = open->value;
    }
    put_number(out, standing.ahead.ranges().size());
    std::uint64_t below = standing.read_to.value;
    for (const auto& [first, last] : standing.ahead.ranges()) {
        put_number(out, first - below);
        put_number(out, last - first);
        below = last;
    }
    return out;
}

Ledger::Standing decode_standing(std::string_view bytes) {
    constexpr const char* kWhat = "the standing of a consumer";
    ByteReader reader(bytes, kWhat);
    expect_version(reader, kWhat);
    Ledger::Standing standing;
    standing.read_to = Sequence{reader.number()};
    std::uint64_t above = standing.read_to.value;
    for (std::uint64_t left = reader.number(); left > 0; --left) {
        const std::uint64_t difference = reader.number();
        if (difference >= above) refuse(kWhat);
        above -= difference;
        standing.open.push_back(Sequence{above});
    }
    std::reverse(standing.open.begin(), standing.open.end());
    std::uint64_t below = standing.read_to.value;
    for (std::uint64_t left = reader.number(); left > 0; --left) {
        const std::uint64_t first = below + reader.number();
        const std::uint64_t last = first + reader.number();
        if (first <= below || last < first) refuse(kWhat);
        standing.ahead.insert(Sequence{first}, Sequence{last});
        below = last;
    }
    return standing;
}

std::string encode_imported(const ImportedPosition& imported) {
    std::string out;
    out.push_back(static_cast<char>(kVersion));
    put_text(out, imported.source);
    put_number(out, imported.handled);
    put_number(out, imported.judged_after.value);
    put_number(out, imported.others_before.value);
    put_number(out, imported.missing.ranges().size());
    std::uint64_t below = 0;
    for (const auto& [first, last] : imported.missing.ranges()) {
        put_number(out, first - below);
        put_number(out, last - first);
        below = last;
    }
    return out;
}

ImportedPosition decode_imported(std::string_view bytes) {
    constexpr const char* kWhat = "the imported position of a consumer";
    ByteReader reader(bytes, kWhat);
    expect_version(reader, kWhat);
    ImportedPosition imported;
    imported.source = reader.text();
    imported.handled = reader.number();
    imported.judged_after = Sequence{reader.number()};
    imported.others_before = Sequence{reader.number()};
    std::uint64_t below = 0;
    for (std::uint64_t left = reader.number(); left > 0; --left) {
        const std::uint64_t first = below + reader.number();
        const std::uint64_t last = first + reader.number();
        if (first < below || last < first) refuse(kWhat);
        imported.missing.insert(first, last);
        below = last;
    }
    return imported;
}

}  // namespace foley::core
