#include "core/source/ftrack/packet.hpp"

#include <foley/json.hpp>

#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>

namespace foley::core::ftrack {

namespace {

// A whole number and nothing else.
std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// A text with an end, for RapidJSON's reader: Tell() gives the place in the packet.
class ViewStream {
public:
    using Ch = char;
    explicit ViewStream(std::string_view text) : text_(text) {}
    // RapidJSON's stream concept; only in-place parsing would call the last four.
    // NOLINTBEGIN(readability-identifier-naming)
    Ch Peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    Ch Take() noexcept { return at_ < text_.size() ? text_[at_++] : '\0'; }
    std::size_t Tell() const noexcept { return at_; }
    Ch* PutBegin() { return nullptr; }
    void Put(Ch) {}
    void Flush() {}
    std::size_t PutEnd(Ch*) { return 0; }
    // NOLINTEND(readability-identifier-naming)

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

// Finds `name` and the bounds of the one object in `args` in {"name":…,"args":[…]}, without building anything. The
// iterative reader calls StartObject and EndObject before it takes the brace: Tell() is the brace's own place.
class EventScan {
public:
    explicit EventScan(const ViewStream& stream) : stream_(stream) {}

    // RapidJSON's handler concept.
    // NOLINTBEGIN(readability-identifier-naming)
    bool Null() { return scalar(); }
    bool Bool(bool) { return scalar(); }
    bool Int(int) { return scalar(); }
    bool Uint(unsigned) { return scalar(); }
    bool Int64(std::int64_t) { return scalar(); }
    bool Uint64(std::uint64_t) { return scalar(); }
    bool Double(double) { return scalar(); }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return scalar(); }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        if (depth_ == 1 && part_ == Part::name) is_event_ = std::string_view(text, size) == "ftrack.event";
        return scalar();
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        if (depth_ == 1) {
            const std::string_view key(text, size);
            part_ = key == "name" ? Part::name : key == "args" ? Part::args : Part::other;
            if (part_ == Part::args) ++args_members_;
        }
        return true;
    }
    bool StartObject() {
        if (depth_ == 2 && part_ == Part::args && in_array_) {
            ++arguments_;
            begin_ = stream_.Tell();
        }
        return open(false);
    }
    bool EndObject(rapidjson::SizeType) {
        --depth_;
        if (depth_ == 2 && part_ == Part::args && in_array_) end_ = stream_.Tell() + 1;
        return true;
    }
    bool StartArray() {
        if (depth_ == 2 && in_array_) ++other_arguments_;
        return open(true);
    }
    bool EndArray(rapidjson::SizeType) {
        --depth_;
        return true;
    }
    // NOLINTEND(readability-identifier-naming)

    EventData result(std::string_view data) const {
        if (!is_object_) return {EventData::Kind::malformed, {}};
        if (!is_event_) return {EventData::Kind::other, {}};
        if (args_members_ != 1 || arguments_ != 1 || other_arguments_ != 0) return {EventData::Kind::malformed, {}};
        return {EventData::Kind::event, data.substr(begin_, end_ - begin_)};
    }

private:
    enum class Part { other, name, args };

    bool scalar() {
        if (depth_ == 2 && part_ == Part::args && in_array_) ++other_arguments_;
        return true;
    }
    bool open(bool array) {
        if (depth_ == 0) is_object_ = !array;
        if (depth_ == 1) in_array_ = array;
        ++depth_;
        return true;
    }

    const ViewStream& stream_;
    int depth_ = 0;
    Part part_ = Part::other;
    bool is_object_ = false;
    bool is_event_ = false;
    bool in_array_ = false;  // the present member of the outermost object is an array
    int args_members_ = 0;
    int arguments_ = 0;        // objects in args
    int other_arguments_ = 0;  // anything else in args
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace

std::optional<Packet> parse_packet(std::string_view text) {
    if (text.empty() || text[0] < '0' || text[0] > '8') return std::nullopt;
    Packet packet;
    packet.code = static_cast<PacketCode>(text[0] - '0');
    if (text.size() == 1) return packet;
    if (text[1] != ':') return std::nullopt;
    text.remove_prefix(2);
    const auto after_id = text.find(':');
    if (after_id == std::string_view::npos) return std::nullopt;  // two parts are no packet
    auto id = text.substr(0, after_id);
    if (id.ends_with('+')) id.remove_suffix(1);
    if (!id.empty()) {
        packet.id = number(id);
        if (!packet.id) return std::nullopt;
    }
    text.remove_prefix(after_id + 1);
    if (const auto after_endpoint = text.find(':'); after_endpoint != std::string_view::npos)
        packet.data = text.substr(after_endpoint + 1);
    return packet;
}

EventData parse_event_data(std::string_view data) {
    ViewStream stream(data);
    EventScan scan(stream);
    rapidjson::Reader reader;
    reader.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag>(stream, scan);
    if (reader.HasParseError()) return {EventData::Kind::malformed, {}};
    return scan.result(data);
}

std::optional<AckData> parse_ack_data(std::string_view data) {
    const auto plus = data.find('+');
    const auto id = number(data.substr(0, plus));
    if (!id) return std::nullopt;
    AckData ack;
    ack.id = *id;
    if (plus == std::string_view::npos) return ack;
    try {
        const auto arguments = json::parse(data.substr(plus + 1));
        const auto& success = json::find(arguments, 0, "success");
        if (success.IsBool()) ack.success = success.GetBool();
        ack.message = json::text_or_empty(arguments, 0, "message");
    } catch (const json::ParseError&) {
        ack.message = "an ack that is not JSON";
    }
    return ack;
}

std::string event_packet(std::uint64_t id, std::string_view event) {
    std::string out = "5:" + std::to_string(id) + R"(+::{"name":"ftrack.event","args":[)";
    out += event;
    return out + "]}";
}

std::string ack_packet(std::uint64_t id) {
    return "6:::" + std::to_string(id);
}

std::optional<Handshake> parse_handshake(std::string_view body) {
    const auto start = body.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || body[start] == '{' || body[start] == '<') return std::nullopt;
    body = body.substr(start, body.find_last_not_of(" \t\r\n") - start + 1);
    const auto next = [&body]() {
        const auto colon = body.find(':');
        const auto part = body.substr(0, colon);
        body = colon == std::string_view::npos ? std::string_view() : body.substr(colon + 1);
        return part;
    };
    Handshake out;
    out.session = next();
    const bool good = !out.session.empty() && out.session.size() <= 256 &&
                      std::all_of(out.session.begin(), out.session.end(), [](char c) {
                          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 c == '-' || c == '_' || c == '.';
                      });
    if (!good) return std::nullopt;
    if (const auto seconds = number(next()); seconds && *seconds > 0 && *seconds <= 86'400)
        out.heartbeat_seconds = static_cast<std::uint32_t>(*seconds);
    next();  // how long the server keeps a closed transport
    out.websocket = body.empty() || (',' + std::string(body) + ',').find(",websocket,") != std::string::npos;
    return out;
}

}  // namespace foley::core::ftrack
