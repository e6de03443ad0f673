#include "core/source/file/rotation.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/stat.h>

namespace foley::core {

namespace {

// With so many digits a number is a date.
constexpr std::size_t kDateDigits = 6;

// Takes digits off the front of `text`. Nothing: there are none.
std::optional<std::string> take_number(std::string_view& text) {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0) return std::nullopt;
    const auto first = std::min(text.find_first_not_of('0'), end - 1);
    std::string number(text.substr(first, end - first));
    text.remove_prefix(end);
    return number;
}

// Compares numbers of any length, without leading zeros. A missing one is the least.
std::strong_ordering compare(const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() <=> b.size() : a.compare(b) <=> 0;
}

std::optional<struct stat> look_at(const std::filesystem::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) return status;
    if (errno == ENOENT) return std::nullopt;
    throw std::system_error(errno, std::generic_category(), "looking at " + path.string());
}

// Where a sibling belongs, seen from the finished file.
enum class Place { before, after, unknown };

class Judge {
public:
    Judge(const std::vector<Sibling>& siblings, const FinishedFile& finished)
        : siblings_(siblings), finished_(finished) {
        const auto found = std::find_if(siblings.begin(), siblings.end(),
                                        [&](const Sibling& sibling) { return sibling.key == finished.key; });
        if (found != siblings.end()) finished_name_ = &found->name;
    }

    Place place(const Sibling& sibling) const {
        const auto number =
            finished_name_ != nullptr ? sibling.name.age(*finished_name_) : std::partial_ordering::unordered;
        if (sibling.name.compressed) return place_of_compressed(sibling, number);
        if (sibling.changed > finished_.changed) return std::is_lt(number) ? Place::unknown : Place::after;
        if (sibling.changed == finished_.changed && std::is_gt(number)) return Place::after;
        if (std::is_lt(number) || sibling.changed <= finished_.begun) return Place::before;
        // Written while the finished file was written: by a program that kept that one open, or before it.
        return Place::unknown;
    }

    // Neither beside the others nor among them compressed: moved away or removed, and others may be too.
    bool has_left_no_trace() const {
        return finished_name_ == nullptr && std::none_of(siblings_.begin(), siblings_.end(), [&](const Sibling& it) {
                   return it.name.compressed && in_seconds(it.changed) == in_seconds(finished_.changed);
               });
    }

private:
    static std::chrono::sys_seconds in_seconds(FileTime time) { return std::chrono::floor<std::chrono::seconds>(time); }

    // Compressing keeps the time of the last change, some programs only its seconds.
    Place place_of_compressed(const Sibling& sibling, std::partial_ordering number) const {
        if (std::is_lt(number) || stands_beside_its_source(sibling)) return Place::before;
        if (std::is_gt(number)) return Place::after;
        return in_seconds(sibling.changed) > in_seconds(finished_.changed) ? Place::after : Place::before;
    }

    // It is being made just now.
    bool stands_beside_its_source(const Sibling& compressed) const {
        return std::any_of(siblings_.begin(), siblings_.end(), [&](const Sibling& sibling) {
            return !sibling.name.compressed && std::is_eq(sibling.name.age(compressed.name));
        });
    }

    const std::vector<Sibling>& siblings_;
    const FinishedFile& finished_;
    const RotatedName* finished_name_ = nullptr;  // nullptr: it is gone, or has another name
};

bool comes_first(const Sibling& a, const Sibling& b) {
    if (a.changed != b.changed) return a.changed < b.changed;
    const auto age = a.name.age(b.name);
    if (age != std::partial_ordering::unordered) return std::is_lt(age);
    const auto scheme = [](const RotatedName& name) { return std::pair(name.separator, name.is_dated()); };
    return scheme(a.name) < scheme(b.name);
}

}  // namespace

std::optional<RotatedName> RotatedName::parse(std::string_view name, std::string_view base) {
    if (!name.starts_with(base)) return std::nullopt;
    name.remove_prefix(base.size());
    if (name.empty() || (name.front() != '.' && name.front() != '-')) return std::nullopt;
    RotatedName out;
    out.separator = name.front();
    name.remove_prefix(1);
    auto number = take_number(name);
    if (!number) return std::nullopt;
    out.number = std::move(*number);
    if (auto rest = name; rest.starts_with('.')) {
        rest.remove_prefix(1);
        if (auto further = take_number(rest)) {
            out.further = std::move(*further);
            name = rest;
        }
    }
    constexpr std::array<std::string_view, 4> kCompressed{".gz", ".xz", ".bz2", ".zst"};
    out.compressed = std::find(kCompressed.begin(), kCompressed.end(), name) != kCompressed.end();
    if (!out.compressed && !name.empty()) return std::nullopt;
    return out;
}

bool RotatedName::is_dated() const noexcept {
    return number.size() >= kDateDigits;
}

std::partial_ordering RotatedName::age(const RotatedName& other) const {
    if (separator != other.separator || is_dated() != other.is_dated()) return std::partial_ordering::unordered;
    const bool rises = separator == '-' || is_dated();
    const auto order = rises ? compare(number, other.number) : compare(other.number, number);
    if (std::is_neq(order)) return order;
    return compare(further, other.further);
}

std::optional<std::vector<Sibling>> rotated_siblings(const std::filesystem::path& path) {
    const auto folder = path.parent_path();
    const auto changed = [&] {
        const auto status = look_at(folder);
        return status ? changed_of(*status) : FileTime{};
    };
    const auto before = changed();
    std::vector<Sibling> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        auto name = RotatedName::parse(entry.path().filename().string(), path.filename().string());
        if (!name) continue;
        const auto status = look_at(entry.path());
        if (!status) return std::nullopt;
        if (!S_ISREG(status->st_mode)) continue;
        out.push_back({entry.path(), std::move(*name), key_of(*status), changed_of(*status)});
    }
    if (changed() != before) return std::nullopt;
    return out;
}

Succession succession(const std::vector<Sibling>& siblings, const FinishedFile& finished, const FileKey& present,
                      const std::function<bool(const Sibling&)>& was_read) {
    const Judge judge(siblings, finished);
    Succession out;
    if (!finished.seen_going && judge.has_left_no_trace())
        out.gap = "the file that was read is gone, and so may be those that came after it";
    std::vector<Sibling> after;
    for (const Sibling& sibling : siblings) {
        if (sibling.key == finished.key || sibling.key == present) continue;
        const auto place = judge.place(sibling);
        if (place == Place::before || was_read(sibling)) continue;
        if (place == Place::after) {
            after.push_back(sibling);
        } else {
            out.gap = "it cannot be told whether " + sibling.path.string() + " came before or after what was read";
        }
    }
    std::sort(after.begin(), after.end(), comes_first);
    const auto next = std::find_if(after.begin(), after.end(), [](const Sibling& it) { return !it.name.compressed; });
    if (next != after.begin()) out.gap = after.front().path.string() + " was compressed before it could be read";
    if (next == after.end()) return out;
    const auto twin = std::find_if(after.begin(), after.end(), [&](const Sibling& it) {
        return it.changed == next->changed && it.path != next->path && !std::is_lt(next->name.age(it.name));
    });
    if (twin != after.end())
        out.gap =
            "it cannot be told which of " + next->path.string() + " and " + twin->path.string() + " was written first";
    out.next = *next;
    return out;
}

}  // namespace foley::core
