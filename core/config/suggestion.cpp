#include "core/config/suggestion.hpp"

#include <algorithm>
#include <cctype>

namespace foley::core {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& letter : result)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return result;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        previous[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({previous[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(previous);
        previous.swap(row);
    }
    return previous[b.size()];
}

std::string nearest(std::string_view word, std::span<const std::string> known) {
    const std::string wanted = lower(word);
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(wanted.size() / 3, 1) + 1;
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(wanted, lower(candidate));
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string suggestion(std::string_view word, std::span<const std::string> known) {
    if (known.empty()) return {};
    if (const std::string meant = nearest(word, known); !meant.empty()) return "did you mean " + meant + "?";
    std::string text = "known here: ";
    for (const std::string& name : known) {
        if (&name != known.data()) text += ", ";
        text += name;
    }
    return text;
}

}  // namespace foley::core
