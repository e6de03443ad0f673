#include "tests/sites/ftrack/query.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace foley::sim {

namespace {

struct Token {
    enum class Kind { end, word, text, symbol };
    Kind kind = Kind::end;
    std::string text;
    std::size_t at = 0;
};

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::vector<Token> tokens_of(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    constexpr std::string_view kSymbols = "(),=!<>";
    std::vector<Token> out;
    std::size_t at = 0;
    while ((at = text.find_first_not_of(kBlank, at)) != std::string_view::npos) {
        Token token{Token::Kind::word, {}, at};
        const char c = text[at];
        if (c == '"' || c == '\'') {
            token.kind = Token::Kind::text;
            for (++at;; ++at) {
                if (at >= text.size())
                    throw ApiError("ParseError", "a text is not closed at " + std::to_string(token.at));
                if (text[at] == c) break;
                if (text[at] == '\\' && at + 1 < text.size()) ++at;
                token.text += text[at];
            }
            ++at;
        } else if (kSymbols.find(c) != std::string_view::npos) {
            token.kind = Token::Kind::symbol;
            const bool two = (c == '!' || c == '<' || c == '>') && at + 1 < text.size() && text[at + 1] == '=';
            token.text = text.substr(at, two ? 2 : 1);
            at += token.text.size();
        } else {
            const auto end = text.find_first_of(" \t\r\n(),=!<>\"'", at);
            token.text = text.substr(at, end == std::string_view::npos ? end : end - at);
            at += token.text.size();
        }
        out.push_back(std::move(token));
    }
    out.push_back({Token::Kind::end, "the end", text.size()});
    return out;
}

class QueryParser {
public:
    explicit QueryParser(std::string_view text) : tokens_(tokens_of(text)) {}

    Query parse() {
        Query query;
        if (take_word("select")) {
            do {
                query.select.push_back(path());
            } while (take_symbol(","));
            if (!take_word("from")) fail("'from'");
        }
        query.type = word("a type");
        if (take_word("where")) query.where = any_of();
        if (take_word("order")) {
            if (!take_word("by")) fail("'by'");
            do {
                Query::Order order{path(), false};
                if (take_word("desc") || take_word("descending")) {
                    order.descending = true;
                } else if (!take_word("asc")) {
                    take_word("ascending");
                }
                query.order.push_back(std::move(order));
            } while (take_symbol(","));
        }
        for (;;) {
            if (take_word("offset")) {
                query.offset = number();
            } else if (take_word("limit")) {
                query.limit = number();
            } else {
                break;
            }
        }
        if (now().kind != Token::Kind::end) fail("the end");
        return query;
    }

private:
    using Node = std::unique_ptr<Criteria>;

    const Token& now() const { return tokens_[at_]; }

    [[noreturn]] void fail(const std::string& expected) const {
        throw ApiError("ParseError",
                       "expected " + expected + " at position " + std::to_string(now().at) + ", found " + now().text);
    }

    bool take_word(std::string_view word) {
        if (now().kind != Token::Kind::word || lowered(now().text) != word) return false;
        ++at_;
        return true;
    }
    bool take_symbol(std::string_view symbol) {
        if (now().kind != Token::Kind::symbol || now().text != symbol) return false;
        ++at_;
        return true;
    }
    std::string word(const std::string& what) {
        if (now().kind != Token::Kind::word) fail(what);
        return tokens_[at_++].text;
    }
    std::uint64_t number() {
        const auto text = word("a number");
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size()) fail("a number");
        return value;
    }
    Path path() {
        const auto text = word("an attribute");
        Path out;
        for (std::size_t start = 0;;) {
            const auto dot = text.find('.', start);
            out.push_back(text.substr(start, dot == std::string::npos ? dot : dot - start));
            if (dot == std::string::npos) return out;
            start = dot + 1;
        }
    }

    Node list(std::string_view keyword, Criteria::Kind kind, Node (QueryParser::*term)()) {
        Node first = (this->*term)();
        if (!take_word(keyword)) return first;
        auto node = std::make_unique<Criteria>();
        node->kind = kind;
        node->terms.push_back(std::move(first));
        do {
            node->terms.push_back((this->*term)());
        } while (take_word(keyword));
        return node;
    }
    Node any_of() { return list("or", Criteria::Kind::any, &QueryParser::all_of); }
    Node all_of() { return list("and", Criteria::Kind::all, &QueryParser::primary); }

    Node primary() {
        if (take_word("not")) {
            auto node = std::make_unique<Criteria>();
            node->kind = Criteria::Kind::negation;
            node->terms.push_back(primary());
            return node;
        }
        if (take_symbol("(")) {
            auto inner = any_of();
            if (!take_symbol(")")) fail("')'");
            return inner;
        }
        return condition();
    }

    Node condition() {
        auto node = std::make_unique<Criteria>();
        node->path = path();
        if (take_word("any") || take_word("has")) {
            node->kind = Criteria::Kind::related;
            if (!take_symbol("(")) fail("'('");
            node->terms.push_back(any_of());
            if (!take_symbol(")")) fail("')'");
            return node;
        }
        node->op = comparison();
        if (node->op == Criteria::Operator::in || node->op == Criteria::Operator::not_in) {
            if (!take_symbol("(")) fail("'('");
            do {
                node->values.push_back(value());
            } while (take_symbol(","));
            if (!take_symbol(")")) fail("')'");
        } else {
            node->values.push_back(value());
        }
        return node;
    }

    Criteria::Operator comparison() {
        using Op = Criteria::Operator;
        static const std::pair<std::string_view, Op> operators[] = {
            {"is", Op::is},
            {"=", Op::is},
            {"is_not", Op::is_not},
            {"!=", Op::is_not},
            {"<", Op::less},
            {"less_than", Op::less},
            {"before", Op::less},
            {"<=", Op::less_equal},
            {">", Op::greater},
            {"after", Op::greater},
            {"in", Op::in},
            {"greater_than", Op::greater},
            {">=", Op::greater_equal},
            {"like", Op::like},
            {"not_like", Op::not_like},
            {"not_in", Op::not_in},
        };
        if (now().kind == Token::Kind::word || now().kind == Token::Kind::symbol) {
            const auto text = lowered(now().text);
            for (const auto& [name, op] : operators) {
                if (name == text) {
                    ++at_;
                    return op;
                }
            }
        }
        fail("an operator");
    }

    std::optional<std::string> value() {
        if (now().kind == Token::Kind::text) return tokens_[at_++].text;
        auto text = word("a value");
        const auto low = lowered(text);
        if (low == "none" || low == "null") return std::nullopt;
        return text;
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
};

}  // namespace

Query parse_query(std::string_view text) {
    return QueryParser(text).parse();
}

}  // namespace foley::sim
