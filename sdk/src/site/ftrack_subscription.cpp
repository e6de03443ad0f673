#include <foley/site/error.hpp>
#include <foley/site/ftrack_subscription.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace foley::site {

struct FtrackSubscription::Node {
    enum class Kind { condition, all, any, negation };
    enum class Operator { equal, not_equal, less, less_equal, greater, greater_equal };

    Kind kind = Kind::condition;
    std::vector<std::unique_ptr<const Node>> terms;  // of all, any, negation
    std::vector<std::string> path;                   // of a condition
    Operator op = Operator::equal;
    std::string value;
};

namespace {

using Node = FtrackSubscription::Node;
using NodePtr = std::unique_ptr<const Node>;

bool is_alphanumeric(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_field(char c) noexcept {
    return is_alphanumeric(c) || c == '_' || c == '.';
}
bool is_word(char c) noexcept {
    return is_alphanumeric(c) || std::string_view("-_,./*@+").find(c) != std::string_view::npos;
}

// Recursive descent, with a bound on the depth: a target expression comes from whoever published the event.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    NodePtr parse() {
        skip_blanks();
        if (at_end()) throw ValidationError("a subscription expression is empty");
        NodePtr root = parse_any();
        skip_blanks();
        if (!at_end()) fail("does not belong here");
        return root;
    }

private:
    static constexpr int kDeepest = 100;

    [[noreturn]] void fail(const std::string& what) const {
        throw ValidationError("subscription expression '" + std::string(text_) +
                              "': " + (at_end() ? "the end" : "'" + std::string(text_.substr(at_, 12)) + "'") +
                              " at position " + std::to_string(at_ + 1) + " " + what);
    }

    bool at_end() const noexcept { return at_ >= text_.size(); }

    void skip_blanks() noexcept {
        while (!at_end() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
            ++at_;
    }

    // A condition wins over a keyword, so a keyword counts only where no operator follows; and only as a whole word.
    bool take_keyword(std::string_view keyword) {
        skip_blanks();
        if (text_.size() - at_ < keyword.size()) return false;
        for (std::size_t i = 0; i < keyword.size(); ++i) {
            const char c = text_[at_ + i];
            if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != keyword[i]) return false;
        }
        std::size_t after = at_ + keyword.size();
        if (after < text_.size() && is_field(text_[after])) return false;
        while (after < text_.size() && std::string_view(" \t\r\n").find(text_[after]) != std::string_view::npos)
            ++after;
        if (after < text_.size() && std::string_view("=!<>").find(text_[after]) != std::string_view::npos) return false;
        at_ += keyword.size();
        return true;
    }

    NodePtr parse_any() { return parse_list("or", Node::Kind::any, &Parser::parse_all); }
    NodePtr parse_all() { return parse_list("and", Node::Kind::all, &Parser::parse_not); }

    NodePtr parse_list(std::string_view keyword, Node::Kind kind, NodePtr (Parser::*term)()) {
        NodePtr first = (this->*term)();
        if (!take_keyword(keyword)) return first;
        auto node = std::make_unique<Node>();
        node->kind = kind;
        node->terms.push_back(std::move(first));
        do {
            node->terms.push_back((this->*term)());
        } while (take_keyword(keyword));
        return node;
    }

    NodePtr parse_not() {
        if (!take_keyword("not")) return parse_primary();
        const Nested nested(*this);
        auto node = std::make_unique<Node>();
        node->kind = Node::Kind::negation;
        node->terms.push_back(parse_not());
        return node;
    }

    NodePtr parse_primary() {
        skip_blanks();
        if (at_end() || text_[at_] != '(') return parse_condition();
        const Nested nested(*this);
        ++at_;
        NodePtr inner = parse_any();
        skip_blanks();
        if (at_end() || text_[at_] != ')') fail("should be ')'");
        ++at_;
        return inner;
    }

    NodePtr parse_condition() {
        auto node = std::make_unique<Node>();
        const auto start = at_;
        while (!at_end() && is_field(text_[at_]))
            ++at_;
        if (at_ == start) fail("should be a field");
        std::string_view field = text_.substr(start, at_ - start);
        for (;;) {
            const auto dot = field.find('.');
            node->path.emplace_back(field.substr(0, dot));
            if (dot == std::string_view::npos) break;
            field.remove_prefix(dot + 1);
        }
        skip_blanks();
        node->op = parse_operator();
        skip_blanks();
        node->value = parse_value();
        return node;
    }

    Node::Operator parse_operator() {
        using Op = Node::Operator;
        constexpr std::pair<std::string_view, Op> kOperators[] = {
            {"!=", Op::not_equal}, {">=", Op::greater_equal}, {"<=", Op::less_equal},
            {"=", Op::equal},      {">", Op::greater},        {"<", Op::less},
        };
        for (const auto& [text, op] : kOperators) {
            if (text_.substr(at_).starts_with(text)) {
                at_ += text.size();
                return op;
            }
        }
        fail("should be one of = != < <= > >=");
    }

    std::string parse_value() {
        if (!at_end() && (text_[at_] == '"' || text_[at_] == '\'')) return parse_quoted();
        const auto start = at_;
        while (!at_end() && is_word(text_[at_]))
            ++at_;
        if (at_ == start) fail("should be a value; one with other than letters, digits and -_,./*@+ needs quotes");
        return std::string(text_.substr(start, at_ - start));
    }

    // A backslash takes the next character with it and a doubled quote does not end the text; both stay as written.
    std::string parse_quoted() {
        const char quote = text_[at_];
        const auto start = ++at_;
        for (; !at_end(); ++at_) {
            const char c = text_[at_];
            const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
            if (c == '\n' || c == '\r') break;
            if ((c == '\\' && next != '\0' && next != '\n') || (c == quote && next == quote)) {
                ++at_;
            } else if (c == quote) {
                return std::string(text_.substr(start, at_++ - start));
            }
        }
        at_ = start - 1;
        fail("opens a quoted text that does not end");
    }

    struct Nested {
        explicit Nested(Parser& parser) : parser_(parser) {
            if (++parser_.depth_ > kDeepest) parser_.fail("is nested too deeply");
        }
        ~Nested() { --parser_.depth_; }
        Nested(const Nested&) = delete;
        Nested& operator=(const Nested&) = delete;
        Parser& parser_;
    };

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

std::string_view text_of(const rapidjson::Value& value) {
    return {value.GetString(), value.GetStringLength()};
}

bool wildcard_matches(const rapidjson::Value& candidate, std::string_view pattern,
                      FtrackSubscription::Wildcard wildcard) {
    const std::string_view stem = pattern.substr(0, pattern.size() - 1);
    if (candidate.IsString()) {
        const auto text = text_of(candidate);
        return wildcard == FtrackSubscription::Wildcard::prefix ? text.starts_with(stem)
                                                                : text.find(stem) != std::string_view::npos;
    }
    if (candidate.IsArray()) {
        return std::any_of(candidate.Begin(), candidate.End(),
                           [&](const auto& element) { return element.IsString() && text_of(element) == stem; });
    }
    if (candidate.IsObject()) {
        return std::any_of(candidate.MemberBegin(), candidate.MemberEnd(),
                           [&](const auto& member) { return text_of(member.name) == stem; });
    }
    return false;
}

bool condition_holds(const Node& node, const rapidjson::Value& root, FtrackSubscription::Wildcard wildcard) {
    const rapidjson::Value* candidate = &root;
    for (const auto& step : node.path) {
        if (!candidate->IsObject()) return false;
        const auto member = candidate->FindMember(step);
        if (member == candidate->MemberEnd()) return false;
        candidate = &member->value;
    }
    using Op = Node::Operator;
    const std::string_view value = node.value;
    if (node.op == Op::not_equal) return !candidate->IsString() || text_of(*candidate) != value;
    if (node.op == Op::equal) {
        if (value.empty()) return false;  // ftrack's clients fail here
        if (value.back() == '*') return wildcard_matches(*candidate, value, wildcard);
        return candidate->IsString() && text_of(*candidate) == value;
    }
    if (!candidate->IsString()) return false;
    // UTF-8 sorts by bytes as it does by code points.
    const int order = text_of(*candidate).compare(value);
    switch (node.op) {
        case Op::less:
            return order < 0;
        case Op::less_equal:
            return order <= 0;
        case Op::greater:
            return order > 0;
        default:
            return order >= 0;
    }
}

bool holds(const Node& node, const rapidjson::Value& root, FtrackSubscription::Wildcard wildcard) {
    const auto term_holds = [&](const NodePtr& term) { return holds(*term, root, wildcard); };
    switch (node.kind) {
        case Node::Kind::all:
            return std::all_of(node.terms.begin(), node.terms.end(), term_holds);
        case Node::Kind::any:
            return std::any_of(node.terms.begin(), node.terms.end(), term_holds);
        case Node::Kind::negation:
            return !holds(*node.terms.front(), root, wildcard);
        case Node::Kind::condition:
            break;
    }
    return condition_holds(node, root, wildcard);
}

}  // namespace

FtrackSubscription::FtrackSubscription(std::string_view expression, Wildcard wildcard)
    : text_(expression), wildcard_(wildcard), root_(Parser(expression).parse()) {
    const Node& root = *root_;
    if (root.kind == Node::Kind::condition && root.path == std::vector<std::string>{"topic"} &&
        root.op == Node::Operator::equal && !root.value.ends_with('*'))
        only_topic_ = root.value;
}

FtrackSubscription::FtrackSubscription(FtrackSubscription&&) noexcept = default;
FtrackSubscription& FtrackSubscription::operator=(FtrackSubscription&&) noexcept = default;
FtrackSubscription::~FtrackSubscription() = default;

bool FtrackSubscription::matches(const rapidjson::Value& value) const {
    return holds(*root_, value, wildcard_);
}

}  // namespace foley::site
