#include <foley/shape.hpp>

#include <charconv>

namespace foley {
namespace {

// Reads a text from left to right; the first thing that is not as expected makes everything after it fail.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool ok() const { return ok_; }
    bool at_end() const { return rest_.empty(); }
    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

    void skip() {
        if (rest_.empty()) {
            ok_ = false;
        } else {
            rest_.remove_prefix(1);
        }
    }
    bool accept(std::string_view text) {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    void expect(std::string_view text) {
        if (!accept(text)) ok_ = false;
    }
    // Exactly `digits` decimal digits.
    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const char c = peek();
            if (c < '0' || c > '9') {
                ok_ = false;
                return 0;
            }
            value = value * 10 + (c - '0');
            skip();
        }
        return value;
    }
    // Any number of digits after the decimal point, as microseconds; what is finer is cut.
    std::chrono::microseconds fraction() {
        std::chrono::microseconds value{0};
        std::chrono::microseconds unit{100'000};
        if (peek() < '0' || peek() > '9') ok_ = false;
        for (; peek() >= '0' && peek() <= '9'; skip(), unit /= 10)
            value += unit * (peek() - '0');
        return value;
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

// "", "Z", " UTC", "+02:00", "+0200", "+02"; the time ahead of UTC.
std::chrono::minutes read_zone(Scanner& scanner) {
    scanner.accept(" ");
    if (scanner.at_end() || scanner.accept("Z") || scanner.accept("z") || scanner.accept("UTC")) return {};
    const bool east = scanner.peek() == '+';
    if (!east && scanner.peek() != '-') scanner.expect("+");
    scanner.skip();
    std::chrono::minutes offset = std::chrono::hours{scanner.digits(2)};
    if (!scanner.at_end()) {
        scanner.accept(":");
        offset += std::chrono::minutes{scanner.digits(2)};
    }
    return east ? offset : -offset;
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept {
    using namespace std::chrono;
    Scanner scanner(text);
    const year_month_day date = [&] {
        const year y{scanner.digits(4)};
        scanner.expect("-");
        const month m{static_cast<unsigned>(scanner.digits(2))};
        scanner.expect("-");
        return y / m / day{static_cast<unsigned>(scanner.digits(2))};
    }();
    if (!scanner.accept("T") && !scanner.accept(" ")) return {};
    const int hour = scanner.digits(2);
    scanner.expect(":");
    const int minute = scanner.digits(2);
    scanner.expect(":");
    const int second = scanner.digits(2);
    microseconds fraction{0};
    if (scanner.accept(".")) fraction = scanner.fraction();
    const minutes ahead = read_zone(scanner);
    if (!scanner.ok() || !scanner.at_end() || !date.ok() || hour > 23 || minute > 59 || second > 60) return {};
    return sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + fraction - ahead;
}

}  // namespace foley
