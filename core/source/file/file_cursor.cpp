#include "core/source/file/file_cursor.hpp"

#include <foley/json.hpp>

namespace foley::core {

std::string FileCursor::text() const {
    return R"({"version":1,"generation":)" + std::to_string(generation) + R"(,"offset":)" + std::to_string(offset) +
           R"(,"device":)" + std::to_string(file.device) + R"(,"inode":)" + std::to_string(file.inode) +
           R"(,"before":")" + before + R"(","heard":)" + std::to_string(heard.time_since_epoch().count()) + "}";
}

std::optional<FileCursor> FileCursor::parse(std::string_view text) {
    try {
        const auto document = json::parse(text);
        const auto whole = [&document](std::string_view name) -> std::optional<std::uint64_t> {
            const auto& value = json::member(document, name);
            return value.IsUint64() ? std::optional(value.GetUint64()) : std::nullopt;
        };
        const auto generation = whole("generation");
        const auto offset = whole("offset");
        if (!generation || !offset) return std::nullopt;
        FileCursor out;
        out.generation = *generation;
        out.offset = *offset;
        out.file = {whole("device").value_or(0), whole("inode").value_or(0)};
        out.before = json::text_or_empty(document, "before");
        out.heard = Timestamp(std::chrono::microseconds(json::integer(json::member(document, "heard")).value_or(0)));
        return out;
    } catch (const json::ParseError&) {
        return std::nullopt;
    }
}

}  // namespace foley::core
