#include "integration/harness/handled.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <tuple>

namespace foley::testing {
namespace {

HandledLine parse(const std::string& text) {
    HandledLine line;
    line.text = text;
    std::istringstream words(text);
    words >> line.kind;
    if (line.kind == "event") {
        words >> line.sequence >> line.id >> line.attempt >> line.build >> line.pid;
    } else if (line.kind == "start" || line.kind == "stop") {
        words >> line.build >> line.pid;
    } else {
        words >> line.sequence;
        const std::size_t last = text.rfind(' ');
        line.pid = last == std::string::npos ? 0 : std::atoi(text.c_str() + last);
    }
    return line;
}

}  // namespace

Handled::Handled(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    std::size_t from = 0;
    for (std::size_t end = content.find('\n'); end != std::string::npos; end = content.find('\n', from)) {
        lines_.push_back(parse(content.substr(from, end - from)));
        from = end + 1;
    }
}

std::vector<HandledLine> Handled::of_kind(const std::string& kind) const {
    std::vector<HandledLine> result;
    std::copy_if(lines_.begin(), lines_.end(), std::back_inserter(result),
                 [&](const HandledLine& line) { return line.kind == kind; });
    return result;
}

std::vector<std::string> Handled::ids() const {
    std::vector<std::string> result;
    for (const HandledLine& line : lines_)
        if (line.kind == "event") result.push_back(line.id);
    return result;
}

bool Handled::has(const std::string& id) const {
    return std::any_of(lines_.begin(), lines_.end(),
                       [&](const HandledLine& line) { return line.kind == "event" && line.id == id; });
}

std::vector<std::uint64_t> Handled::missing(std::uint64_t first, std::uint64_t last) const {
    std::set<std::string> seen;
    for (const HandledLine& line : lines_)
        if (line.kind == "event") seen.insert(line.id);
    std::vector<std::uint64_t> result;
    for (std::uint64_t id = first; id <= last; ++id)
        if (!seen.contains(std::to_string(id))) result.push_back(id);
    return result;
}

std::size_t Handled::repeated() const {
    std::set<std::tuple<std::uint64_t, std::uint32_t>> seen;
    std::size_t count = 0;
    for (const HandledLine& line : lines_)
        if (line.kind == "event" && !seen.emplace(line.sequence, line.attempt).second) ++count;
    return count;
}

std::vector<std::string> Handled::repeated_wrongly() const {
    std::map<int, const HandledLine*> last_of_process;
    for (const HandledLine& line : lines_)
        if (line.kind == "event") last_of_process[line.pid] = &line;
    std::map<std::tuple<std::uint64_t, std::uint32_t>, const HandledLine*> latest;
    std::vector<std::string> result;
    for (const HandledLine& line : lines_) {
        if (line.kind != "event") continue;
        const HandledLine*& before = latest[{line.sequence, line.attempt}];
        if (before != nullptr && last_of_process[before->pid] != before) {
            result.push_back("'" + line.text + "' repeats '" + before->text +
                             "', which was not the last of its process");
        }
        before = &line;
    }
    return result;
}

std::vector<std::string> Handled::out_of_order() const {
    std::vector<std::string> result;
    const HandledLine* before = nullptr;
    for (const HandledLine& line : lines_) {
        if (line.kind != "event" || line.attempt != 1) continue;
        if (before != nullptr && line.sequence < before->sequence) {
            result.push_back("'" + line.text + "' came after '" + before->text + "'");
        }
        before = &line;
    }
    return result;
}

}  // namespace foley::testing
