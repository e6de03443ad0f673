#include "core/config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>

namespace foley::core {
namespace {

constexpr std::size_t kMaxNodes = 100'000;  // an alias can multiply; a configuration is never this large

// Builds the tree from the parser's events.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(std::shared_ptr<const std::string> file, Problems& problems)
        : file_(std::move(file)), problems_(problems) {}

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        leaf(make(YamlNode::Kind::null, mark), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            problems_.add(place(mark), "this alias stands inside its own anchor");
            leaf(make(YamlNode::Kind::null, mark), 0);
            return;
        }
        count_ += count(found->second);
        check_size(mark);
        leaf(found->second, 0);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        YamlNode node = make(YamlNode::Kind::scalar, mark);
        node.text = value;
        node.plain = tag == "?";
        const bool nothing = node.plain && (value == "~" || value == "null" || value.empty());
        if (nothing) node.kind = YamlNode::Kind::null;
        leaf(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(make(YamlNode::Kind::sequence, mark), anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(make(YamlNode::Kind::map, mark), anchor);
    }
    void OnMapEnd() override { close(); }

    // What is there so far, also after the parser gave up half way.
    YamlNode take() {
        while (!open_.empty())
            close();
        return std::move(root_);
    }

private:
    struct Open {
        YamlNode node;
        YAML::anchor_t anchor = 0;
        std::optional<YamlEntry> entry;  // of a map: a key that has no value yet
    };

    Position place(const YAML::Mark& mark) const { return {*file_, mark.line + 1, mark.column + 1}; }

    YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark) {
        ++count_;
        check_size(mark);
        YamlNode node;
        node.kind = kind;
        node.file = file_;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        return node;
    }

    void check_size(const YAML::Mark& mark) const {
        if (count_ > kMaxNodes) throw YAML::ParserException(mark, "too large: more than 100000 values");
    }

    static std::size_t count(const YamlNode& node) {
        std::size_t total = 1;
        for (const YamlNode& item : node.items)
            total += count(item);
        for (const YamlEntry& entry : node.entries)
            total += 1 + count(entry.value);
        return total;
    }

    void open(YamlNode node, YAML::anchor_t anchor) { open_.push_back({std::move(node), anchor, std::nullopt}); }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        leaf(std::move(done.node), done.anchor);
    }

    void leaf(YamlNode node, YAML::anchor_t anchor) {
        if (anchor != 0) anchors_[anchor] = node;
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == YamlNode::Kind::sequence) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.entry) {
            begin_entry(parent, node);
        } else {
            end_entry(parent, std::move(node));
        }
    }

    void begin_entry(Open& parent, const YamlNode& key) {
        if (key.kind != YamlNode::Kind::scalar) {
            problems_.add(key.position(), "a key must be text, and this is " + std::string(describe(key)));
        }
        parent.entry = YamlEntry{key.text, key.position(), YamlNode{}};
    }

    void end_entry(Open& parent, YamlNode value) {
        YamlEntry entry = std::move(*parent.entry);
        parent.entry.reset();
        entry.value = std::move(value);
        for (const YamlEntry& earlier : parent.node.entries) {
            if (earlier.key != entry.key) continue;
            problems_.add(entry.position, entry.key + ": given twice; it stands in line " +
                                              std::to_string(earlier.position.line) + " already");
            return;
        }
        parent.node.entries.push_back(std::move(entry));
    }

    std::shared_ptr<const std::string> file_;
    Problems& problems_;
    YamlNode root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, YamlNode> anchors_;
    std::size_t count_ = 0;
};

// The place of a tab in the indentation of this line (counted from 0) or of the one before it.
std::optional<Position> tab_near(std::string_view text, int line, const std::string& name) {
    int number = 0;
    std::optional<Position> found;
    while (!text.empty() && number <= line) {
        const std::string_view row = text.substr(0, text.find('\n'));
        const auto indent = row.find_first_not_of(" \t");
        const auto tab = row.substr(0, indent).find('\t');
        if (number + 1 >= line && tab != std::string_view::npos) {
            found = Position{name, number + 1, static_cast<int>(tab) + 1};
        }
        text.remove_prefix(std::min(text.size(), row.size() + 1));
        ++number;
    }
    return found;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const noexcept {
    for (const YamlEntry& entry : entries) {
        if (entry.key == key) return &entry.value;
    }
    return nullptr;
}

std::string_view describe(const YamlNode& node) noexcept {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return "nothing";
        case YamlNode::Kind::scalar:
            return "text";
        case YamlNode::Kind::sequence:
            return "a list";
        case YamlNode::Kind::map:
            return "a mapping";
    }
    return "something else";
}

std::optional<YamlNode> parse_yaml(std::string_view text, const std::string& name, Problems& problems) {
    TreeBuilder builder(std::make_shared<const std::string>(name), problems);
    std::istringstream stream{std::string(text)};
    try {
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        YamlNode root = builder.take();
        Problems ignored;
        TreeBuilder second(std::make_shared<const std::string>(name), ignored);
        if (parser.HandleNextDocument(second)) {
            problems.add(second.take().position(), "a second document begins here; a configuration is one document");
        }
        return root;
    } catch (const YAML::Exception& error) {
        const int line = std::max(error.mark.line, 0);
        if (const auto tab = tab_near(text, line, name)) {
            problems.add(*tab, "a tab in the indentation; YAML takes only spaces here");
        } else {
            problems.add({name, line + 1, std::max(error.mark.column, 0) + 1}, "this is not YAML: " + error.msg);
        }
        return std::nullopt;
    }
}

}  // namespace foley::core
