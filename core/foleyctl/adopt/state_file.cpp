#include "core/foleyctl/adopt/state_file.hpp"

#include "core/foleyctl/adopt/pickle.hpp"
#include "core/hosting/printable.hpp"

#include <algorithm>
#include <utility>

namespace foley::core {
namespace {

using Kind = Pickle::Kind;

[[noreturn]] void refuse(std::string_view what, std::string_view why = {}) {
    throw StateFileError(std::string("this is no state of shotgunEvents: ").append(what).append(why));
}

std::optional<std::uint64_t> one_number(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return std::nullopt;
    return decimal_id(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

// {directory: {plugin: (last or None, {missing: expiry})}}
class StateReader {
public:
    explicit StateReader(const Pickle& pickle) : pickle_(pickle) {}

    EventState read() {
        EventState state;
        // Which of the first two it is a pickle does not say.
        state.form = "pickle of protocol " +
                     (pickle_.protocol() < 2 ? std::string("0 or 1") : std::to_string(pickle_.protocol()));
        if (pickle_.root().kind == Kind::integer) {
            state.for_all = id(pickle_.root());
            return state;
        }
        for_each_item(pickle_.root(), "the whole", [&](const Value& directory, const Value& plugins) {
            EventState::Plugins& target = state.directories[name(directory)];
            target.clear();  // of two equal keys the last one counts
            for_each_item(plugins, "a directory's part", [&](const Value& plugin, const Value& position) {
                target[name(plugin)] = position_of(position);
            });
        });
        return state;
    }

private:
    using Value = Pickle::Value;

    // Parts can be shared, so a small file can be a large state: what is walked is counted.
    template <typename Use>
    void for_each_item(const Value& dictionary, const char* what, Use use) {
        constexpr std::size_t kMost = 1'000'000;
        if (dictionary.kind != Kind::dictionary) refuse(what, " is no dictionary");
        for (std::size_t at = 0; at + 1 < dictionary.items.size(); at += 2) {
            if (++walked_ > kMost) refuse("it has more entries than a state file");
            use(pickle_.at(dictionary.items[at]), pickle_.at(dictionary.items[at + 1]));
        }
    }

    static std::string name(const Value& value) {
        if (value.kind != Kind::text && value.kind != Kind::bytes) refuse("a directory or plugin has no name");
        return printable(value.text);
    }

    static std::uint64_t id(const Value& value) {
        if (value.kind != Kind::integer || value.integer < 0) refuse("an event's id is no number");
        return static_cast<std::uint64_t>(value.integer);
    }

    EventPosition position_of(const Value& value) {
        EventPosition position;
        if (value.kind != Kind::tuple || value.items.size() != 2) refuse("a plugin's part is no pair");
        const Value& last = pickle_.at(value.items[0]);
        // The daemon itself takes 0 for nothing.
        if (last.kind != Kind::none && id(last) > 0) position.last = id(last);
        for_each_item(pickle_.at(value.items[1]), "the events that a plugin waits for",
                      [&](const Value& event, const Value& expiry) {
                          if (expiry.kind != Kind::moment) refuse("an event that a plugin waits for has no expiry");
                          position.missing.insert(id(event));
                          position.newest_expiry = std::max(position.newest_expiry, expiry.text);
                      });
        if (position.last) position.missing.erase_from(*position.last);
        return position;
    }

    const Pickle& pickle_;
    std::size_t walked_ = 0;
};

}  // namespace

EventState read_event_state(std::string_view bytes) {
    if (bytes.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        refuse("it is empty. shotgunEvents leaves it so when it ends while it writes, and does not start with it");
    }
    if (const auto number = one_number(bytes)) {
        EventState state;
        state.form = "one number, as old versions wrote it";
        if (*number > 0) state.for_all = *number;
        return state;
    }
    try {
        const Pickle pickle = Pickle::decode(bytes);
        return StateReader(pickle).read();
    } catch (const PickleError& error) {
        refuse(error.what());
    }
}

}  // namespace foley::core
