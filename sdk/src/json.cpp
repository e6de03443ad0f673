#include <foley/json.hpp>
#include <foley/utf8.hpp>

#include <rapidjson/encodedstream.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>

namespace foley::json {
namespace {

constexpr unsigned kParse = rapidjson::kParseIterativeFlag;
// Looking at the encoding of each character takes the reader half of its time. So the whole text is looked at before,
// and the reader only when there is something wrong: it knows where.
constexpr unsigned kParseChecked = kParse | rapidjson::kParseValidateEncodingFlag;
constexpr std::size_t kUsualText = 1024;

using Input = rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream>;

struct WantedSpans {
    std::size_t level = 0;
    std::vector<Span>* objects = nullptr;
};

// Hands what the reader finds to a document, and stops it when the text nests too deep. Notes where objects stand: the
// reader tells of a brace before it goes past it.
class DocumentBuilder {
public:
    DocumentBuilder(Document& document, const Input& input, std::size_t max_depth, WantedSpans wanted)
        : document_(document), input_(input), max_depth_(max_depth), wanted_(wanted) {}

    bool Null() { return document_.Null(); }                                 // NOLINT(readability-identifier-naming)
    bool Bool(bool value) { return document_.Bool(value); }                  // NOLINT(readability-identifier-naming)
    bool Int(int value) { return document_.Int(value); }                     // NOLINT(readability-identifier-naming)
    bool Uint(unsigned value) { return document_.Uint(value); }              // NOLINT(readability-identifier-naming)
    bool Int64(std::int64_t value) { return document_.Int64(value); }        // NOLINT(readability-identifier-naming)
    bool Uint64(std::uint64_t value) { return document_.Uint64(value); }     // NOLINT(readability-identifier-naming)
    bool Double(double value) { return document_.Double(value); }            // NOLINT(readability-identifier-naming)
    bool RawNumber(const char* text, rapidjson::SizeType size, bool copy) {  // NOLINT(readability-identifier-naming)
        return document_.RawNumber(text, size, copy);
    }
    bool String(const char* text, rapidjson::SizeType size, bool copy) {  // NOLINT(readability-identifier-naming)
        return document_.String(text, size, copy);
    }
    bool Key(const char* text, rapidjson::SizeType size, bool copy) {  // NOLINT(readability-identifier-naming)
        return document_.Key(text, size, copy);
    }
    bool StartObject() {  // NOLINT(readability-identifier-naming)
        if (wanted()) wanted_.objects->push_back({input_.Tell(), 0});
        return enter() && document_.StartObject();
    }
    bool EndObject(rapidjson::SizeType count) {  // NOLINT(readability-identifier-naming)
        --depth_;
        if (wanted()) {
            Span& object = wanted_.objects->back();
            object.size = input_.Tell() + 1 - object.begin;
        }
        return document_.EndObject(count);
    }
    bool StartArray() { return enter() && document_.StartArray(); }  // NOLINT(readability-identifier-naming)
    bool EndArray(rapidjson::SizeType count) {                       // NOLINT(readability-identifier-naming)
        --depth_;
        return document_.EndArray(count);
    }

private:
    bool enter() { return ++depth_ <= max_depth_; }
    bool wanted() const { return wanted_.objects != nullptr && depth_ == wanted_.level; }

    Document& document_;
    const Input& input_;
    const std::size_t max_depth_;
    const WantedSpans wanted_;
    std::size_t depth_ = 0;
};

[[noreturn]] void fail(std::string_view text, const rapidjson::ParseResult& result, std::size_t max_depth) {
    const std::string_view before = text.substr(0, std::min(result.Offset(), text.size()));
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    const auto line_start = before.rfind('\n');
    const auto column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
    const std::string reason = result.Code() == rapidjson::kParseErrorTermination
                                   ? "It is nested deeper than " + std::to_string(max_depth) + "."
                                   : rapidjson::GetParseError_En(result.Code());
    throw ParseError(
        "not valid JSON, line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + reason, line,
        column);
}

Document parse(std::string_view text, std::size_t max_depth, WantedSpans wanted) {
    Document document;
    rapidjson::ParseResult result;
    const bool well_encoded = utf8::is_valid(text);
    auto read = [&](Document& into) {
        rapidjson::MemoryStream stream(text.data() ? text.data() : "", text.size());
        Input input(stream);
        DocumentBuilder builder(into, input, max_depth, wanted);
        rapidjson::Reader reader;
        result = well_encoded ? reader.Parse<kParse>(input, builder) : reader.Parse<kParseChecked>(input, builder);
        // RapidJSON takes a NUL for the end of the text.
        if (!result.IsError() && input.Tell() < text.size()) {
            result.Set(rapidjson::kParseErrorDocumentRootNotSingular, input.Tell());
        }
        return !result.IsError();
    };
    document.Populate(read);
    if (result.IsError()) fail(text, result, max_depth);
    return document;
}

}  // namespace

void misuse(const char* condition) {
    throw Misuse(std::string("a JSON value is not what the program took it for: ") + condition +
                 ". Ask with IsString(), IsObject(), … first, or use the helpers of <foley/json.hpp>.");
}

Document parse(std::string_view text, std::size_t max_depth) {
    return parse(text, max_depth, WantedSpans{});
}

Document parse(std::string_view text, std::size_t max_depth, std::size_t level, std::vector<Span>& objects) {
    objects.clear();
    return parse(text, max_depth, WantedSpans{level, &objects});
}

const Value& null() noexcept {
    static const Value value;
    return value;
}

const Value& member(const Value& value, std::string_view name) noexcept {
    if (!value.IsObject()) return null();
    for (auto it = value.MemberBegin(); it != value.MemberEnd(); ++it) {
        if (text_or_empty(it->name) == name) return it->value;
    }
    return null();
}

const Value& element(const Value& value, std::size_t index) noexcept {
    if (!value.IsArray() || index >= value.Size()) return null();
    return value[static_cast<rapidjson::SizeType>(index)];
}

std::string_view text_or_empty(const Value& value) noexcept {
    if (!value.IsString()) return {};
    return {value.GetString(), value.GetStringLength()};
}

std::string to_text(const Value& value) {
    if (value.IsNull()) return {};
    if (value.IsString()) return std::string(text_or_empty(value));
    if (value.IsInt64()) return std::to_string(value.GetInt64());
    return stringify(value);
}

std::optional<std::int64_t> integer(const Value& value) noexcept {
    if (value.IsInt64()) return value.GetInt64();
    if (!value.IsDouble()) return {};
    const double number = value.GetDouble();
    constexpr double kLimit = 9007199254740992.0;  // 2^53: beyond, a double is no exact whole number
    if (!(number >= -kLimit && number <= kLimit)) return {};
    const auto whole = static_cast<std::int64_t>(number);
    if (static_cast<double>(whole) != number) return {};
    return whole;
}

std::optional<double> number(const Value& value) noexcept {
    if (!value.IsNumber()) return {};
    return value.GetDouble();
}

bool is_true(const Value& value) noexcept {
    return value.IsTrue();
}

std::string stringify(const Value& value) {
    rapidjson::StringBuffer buffer(nullptr, kUsualText);
    Writer writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string quote(std::string_view text) {
    return stringify(borrow(text));
}

namespace {

rapidjson::SizeType checked_size(std::string_view text) {
    if (text.size() > 0x7fffffffU) throw Error("a text of more than 2 GiB cannot be put into JSON.");
    return static_cast<rapidjson::SizeType>(text.size());
}

}  // namespace

Value borrow(std::string_view text) {
    return Value(rapidjson::StringRef(text.data() ? text.data() : "", checked_size(text)));
}

Value copy(std::string_view text, Document::AllocatorType& allocator) {
    return Value(text.data() ? text.data() : "", checked_size(text), allocator);
}

}  // namespace foley::json
