#include "core/source/file/file_cursor.hpp"

#include <foley/json.hpp>

namespace foley::core {

namespace {

std::uint64_t whole_or_none(const json::Value& value, std::string_view name) {
    const auto& member = json::member(value, name);
    return member.IsUint64() ? member.GetUint64() : 0;
}

std::string members(const FileKey& file, std::uint64_t offset, const std::string& before) {
    return R"("offset":)" + std::to_string(offset) + R"(,"device":)" + std::to_string(file.device) + R"(,"inode":)" +
           std::to_string(file.inode) + R"(,"before":")" + before + '"';
}

}  // namespace

void FileCursor::remember(FinishedMark mark) {
    finished.push_back(std::move(mark));
    if (finished.size() > kRemembered) finished.erase(finished.begin());
}

std::string FileCursor::text() const {
    std::string out = R"({"version":1,"generation":)" + std::to_string(generation) + "," +
                      members(file, offset, before) + R"(,"heard":)" + std::to_string(heard.time_since_epoch().count());
    for (std::size_t i = 0; i < finished.size(); ++i)
        out += (i == 0 ? R"(,"finished":[{)" : ",{") +
               members(finished[i].file, finished[i].offset, finished[i].before) + "}";
    return out + (finished.empty() ? "}" : "]}");
}

std::optional<FileCursor> FileCursor::parse(std::string_view text) {
    try {
        const auto document = json::parse(text);
        if (!json::member(document, "generation").IsUint64() || !json::member(document, "offset").IsUint64())
            return std::nullopt;
        FileCursor out;
        out.generation = whole_or_none(document, "generation");
        out.offset = whole_or_none(document, "offset");
        out.file = {whole_or_none(document, "device"), whole_or_none(document, "inode")};
        out.before = json::text_or_empty(document, "before");
        out.heard = Timestamp(std::chrono::microseconds(json::integer(json::member(document, "heard")).value_or(0)));
        const auto& finished = json::member(document, "finished");
        if (!finished.IsArray()) return out;
        for (const auto& mark : finished.GetArray())
            out.remember({{whole_or_none(mark, "device"), whole_or_none(mark, "inode")},
                          whole_or_none(mark, "offset"),
                          std::string(json::text_or_empty(mark, "before"))});
        return out;
    } catch (const json::ParseError&) {
        return std::nullopt;
    }
}

}  // namespace foley::core
