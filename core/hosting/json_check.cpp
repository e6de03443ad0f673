#include "core/hosting/json_check.hpp"

#include <rapidjson/encodedstream.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cstddef>

namespace foley::core {
namespace {

// Takes anything, but not nested deeper than whoever reads it later (foley::json::kMaxDepth).
class DepthCheck : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, DepthCheck> {
public:
    bool StartObject() { return enter(); }             // NOLINT(readability-identifier-naming)
    bool StartArray() { return enter(); }              // NOLINT(readability-identifier-naming)
    bool EndObject(rapidjson::SizeType /*members*/) {  // NOLINT(readability-identifier-naming)
        return leave();
    }
    bool EndArray(rapidjson::SizeType /*elements*/) {  // NOLINT(readability-identifier-naming)
        return leave();
    }

private:
    static constexpr std::size_t kMaxDepth = 256;

    bool enter() { return ++depth_ <= kMaxDepth; }
    bool leave() {
        --depth_;
        return true;
    }

    std::size_t depth_ = 0;
};

}  // namespace

bool is_json(std::string_view text) {
    rapidjson::MemoryStream bytes(text.data() != nullptr ? text.data() : "", text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> input(bytes);
    DepthCheck depth;
    rapidjson::Reader reader;
    const bool parsed =
        !reader.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(input, depth).IsError();
    return parsed && input.Tell() >= text.size();  // RapidJSON takes a NUL for the end of the text
}

}  // namespace foley::core
