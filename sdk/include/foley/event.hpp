// Event: what a callback gets. Gap: what an on_gap callback gets.
//
// Both are views of what the host holds: valid, like all they hand out, until the callback returns. Thread: the
// callback's; they are not to be shared between threads (facts are read from the payload at first use).
#pragma once

#include <foley/abi.h>
#include <foley/shape.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace foley {

class Event {
public:
    // `event` must outlive this object.
    explicit Event(const foley_event& event);
    ~Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    // ── known without a look at the payload ──

    std::uint64_t sequence() const noexcept { return event_.sequence; }  // the number in the journal; 0 in a test
    std::string_view source() const noexcept { return view(event_.source); }
    std::string_view id() const noexcept { return view(event_.id); }      // the source's own
    std::string_view type() const noexcept { return view(event_.type); }  // ftrack: topic; ShotGrid: event_type
    std::string_view site() const noexcept { return view(event_.site); }  // name of the site connection, or empty
    Shape shape() const noexcept { return static_cast<Shape>(event_.shape); }
    Timestamp received_at() const noexcept { return Timestamp{std::chrono::microseconds{event_.received_at}}; }
    // Until when someone waits for a reply; nothing when nobody does.
    std::optional<Timestamp> deadline() const noexcept;
    std::uint32_t attempt() const noexcept { return event_.attempt; }  // 1 for the first

    // ── the payload ──

    // JSON text, as the site sent it.
    std::string_view payload() const noexcept { return view(event_.payload); }

    // The whole payload, parsed at the first call. Throws json::ParseError when it is no JSON, as do all below.
    const json::Value& json() const;

    // ── what the payload says (shape.hpp), whatever the site; empty when it does not ──

    std::span<const Change> changes() const;
    const Change& change() const;  // the first
    const Entity& entity() const;  // of the first change
    std::span<const Project> projects() const;
    const Project& project() const;  // the first
    const User& user() const;
    const User& actual_user() const;
    std::string_view session() const;
    // When it happened by the site's clock; received_at() when the site does not say.
    Timestamp created_at() const;

private:
    struct Parsed;

    static std::string_view view(foley_text text) noexcept {
        return text.data ? std::string_view{text.data, text.size} : std::string_view{};
    }
    const EventFacts& facts() const;

    foley_event event_{};
    mutable std::unique_ptr<Parsed> parsed_;
};

// A stretch of time in which the source was away and may have missed events.
class Gap {
public:
    // `event` must outlive this object.
    explicit Gap(const foley_event& event);

    std::uint64_t sequence() const noexcept { return sequence_; }
    std::string_view source() const noexcept { return source_; }
    std::string_view site() const noexcept { return site_; }
    std::uint32_t attempt() const noexcept { return attempt_; }
    // Nothing: not known, as in "since before anything in the journal".
    std::optional<Timestamp> from() const noexcept { return from_; }
    std::optional<Timestamp> until() const noexcept { return until_; }
    const std::string& reason() const noexcept { return reason_; }

private:
    std::uint64_t sequence_ = 0;
    std::uint32_t attempt_ = 1;
    std::string_view source_;
    std::string_view site_;
    std::optional<Timestamp> from_;
    std::optional<Timestamp> until_;
    std::string reason_;
};

}  // namespace foley
