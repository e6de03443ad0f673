#include "core/source/ftrack/follower.hpp"

#include "core/source/make_event.hpp"

#include <foley/abi.h>
#include <foley/site/ftrack_expression.hpp>
#include <foley/site/ftrack_subscription.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace foley::core {

namespace asio = boost::asio;
using ftrack::HubConversation;
using ftrack::HubLink;
using std::chrono::milliseconds;

namespace {

// A connection that stood so long was a good one: the next failure starts with a short delay again.
constexpr milliseconds kGoodConnection{1000};
// Heartbeats come every 15 s at most; a hub that names no time gets this long.
constexpr milliseconds kDefaultDeadAfter = std::chrono::seconds(60);
constexpr milliseconds kDeadMargin = std::chrono::seconds(10);

std::string host_name() {
    boost::system::error_code error;
    auto name = asio::ip::host_name(error);
    return error ? "unknown" : name;
}

std::string topic_expression(const std::string& topic) {
    if (topic.empty() || topic.find_first_of("\"\\\r\n") != std::string::npos)
        throw std::invalid_argument("'" + topic + "' is not a topic of the event hub");
    return "topic=\"" + topic + "\"";
}

}  // namespace

FtrackSource::Follower::Follower(FtrackSourceOptions options, SourceContext context)
    : options_(std::move(options)),
      context_(std::move(context)),
      board_(options_.name, "ftrack", context_.clock),
      dialer_(io_, {options_.lookup_timeout, options_.tcp_timeout}),
      delay_(io_),
      tick_(io_),
      backoff_(options_.first_delay, options_.longest_delay) {
    check_options();
    outputs_.send = [this](std::string packet) { link_->write(std::move(packet)); };
    outputs_.event = [this](std::string_view event) { on_event(event); };
    outputs_.unreadable = [this](std::string_view packet, std::string_view reason) { on_unreadable(packet, reason); };
    outputs_.subscribed = [this] { on_subscribed(); };
    outputs_.log = [this](int level, const std::string& text) { log(level, text); };
}

FtrackSource::Follower::~Follower() {
    stop();
    join();
}

void FtrackSource::Follower::check_options() {
    const auto& connection = options_.connection;
    const auto unusable = [](const std::string& text) { return text.find_first_of("\r\n") != std::string::npos; };
    if (connection.user.empty() || connection.secret.empty() || unusable(connection.user) ||
        unusable(connection.secret.reveal()))
        throw std::invalid_argument("source '" + options_.name + "': the API user and key of site '" + connection.name +
                                    "' are missing or hold a line break");
    link_options_.address = ftrack::parse_hub_address(connection.url);
    if (!connection.proxy.empty()) link_options_.proxy = ftrack::parse_hub_proxy(connection.proxy);
    link_options_.ca_file = connection.ca_file;
    link_options_.user = connection.user;
    link_options_.key = connection.secret.reveal();
    link_options_.connect_timeout = options_.connect_timeout;
    link_options_.handshake_timeout = options_.handshake_timeout;

    identity_.hub = site::ftrack::new_id();
    identity_.user = connection.user;
    identity_.host = host_name();
    std::string topics;
    const auto subscribe = [&](const std::string& expression) {
        const site::FtrackSubscription checked(expression);  // throws a sentence
        identity_.subscriptions.push_back(expression);
        topics += (topics.empty() ? "" : ", ") + expression;
    };
    for (const auto& topic : options_.topics)
        subscribe(topic_expression(topic));
    for (const auto& expression : options_.subscriptions)
        subscribe(expression);
    if (identity_.subscriptions.empty())
        throw std::invalid_argument("source '" + options_.name + "' has neither topics nor subscriptions");
    board_.change([&](SourceStatus& status) { status.more.emplace_back("subscriptions", topics); });
}

void FtrackSource::Follower::log(int level, const std::string& text) const {
    if (context_.log) context_.log(level, text);
}

// ── from other threads ──────────────────────────────────────────────────────────────────────────────────────────────

void FtrackSource::Follower::start() {
    if (thread_.joinable()) throw std::logic_error("source '" + options_.name + "' runs already");
    thread_ = std::thread([this] { run(); });
}

void FtrackSource::Follower::stop() {
    stopping_ = true;
    asio::post(io_, [this] { interrupt(); });
}

void FtrackSource::Follower::join() {
    if (thread_.joinable()) thread_.join();
}

void FtrackSource::Follower::pause(bool paused) {
    paused_ = paused;
    asio::post(io_, [this] { interrupt(); });
}

void FtrackSource::Follower::interrupt() {
    delay_.cancel();
    if (link_ && (stopping_ || paused_)) link_->abort();
}

bool FtrackSource::Follower::reply(const Event& event, std::string_view json) {
    if (!live_ || event.shape != Shape::ftrack) return false;
    if (event.deadline && context_.clock.now() > *event.deadline) return false;
    std::string source_id;
    try {
        const auto payload = json::parse(event.payload);
        source_id = json::text_or_empty(payload, "source", "id");
        json::parse(json);
    } catch (const json::ParseError& error) {
        log(FOLEY_LOG_WARNING, "a reply to event " + event.id + " cannot be sent: " + error.what());
        return false;
    }
    if (source_id.empty() || source_id.find_first_of("\"\\\r\n") != std::string::npos) return false;
    asio::post(io_, [this, source_id, id = event.id, text = std::string(json)] {
        if (conversation_ && conversation_->subscribed()) {
            conversation_->reply(source_id, id, text);
        } else {
            log(FOLEY_LOG_WARNING, "a reply to event " + id + " is lost: the hub's connection has just ended");
        }
    });
    return true;
}

// ── the hub's thread ────────────────────────────────────────────────────────────────────────────────────────────────

void FtrackSource::Follower::run() noexcept {
    while (!stopping_ || following_) {
        try {
            run_hub();
        } catch (const std::exception& error) {
            // Nothing is expected here; it must be seen, and it must not be the end.
            board_.set_state(SourceState::waiting, std::string("an unexpected error: ") + error.what());
            log(FOLEY_LOG_ERROR, std::string("an unexpected error; connecting again: ") + error.what());
            if (away_reason_.empty()) away_reason_ = error.what();
            if (link_) link_->abort();
            if (following_) continue;  // which now ends the connection
            end_connection();
            asio::steady_timer(io_, backoff_.next()).wait();
        }
    }
    if (was_live_) appender_->offer({{}, {}, cursor_text(heard_)});
    if (appender_ && !appender_->close(options_.stop_patience))
        log(FOLEY_LOG_WARNING, "stopped before the journal took everything; the next start records a gap");
    board_.set_state(SourceState::stopped, "");
}

// Until told to stop. Once more after an exception: what still runs goes on.
void FtrackSource::Follower::run_hub() {
    if (!appender_) {
        load_cursor();
        appender_ =
            std::make_unique<Appender>(context_.journal, options_.name, options_.queue, board_.reports(context_.log));
    }
    io_.restart();
    if (!following_) {
        asio::co_spawn(io_, follow(), [this](const std::exception_ptr& error) {
            following_ = false;
            if (error) std::rethrow_exception(error);
        });
        following_ = true;
    }
    io_.run();
}

// Reads the journal, however long that takes.
void FtrackSource::Follower::load_cursor() {
    Backoff backoff(milliseconds(100), milliseconds(2000));
    heard_ = context_.clock.now();
    heard_steady_ = context_.clock.steady();
    away_reason_ = "first start";
    while (!stopping_) {
        try {
            const auto text = context_.journal.cursor(options_.name);
            const auto cursor = text ? ftrack::HubCursor::parse(*text) : std::nullopt;
            if (cursor) {
                heard_ = std::min(cursor->heard, heard_);
                last_event_ = cursor->event;
                away_reason_ = "foley was not running";
            }
            return;
        } catch (const std::exception& error) {
            board_.set_journal_trouble(error.what());
        }
        asio::steady_timer timer(io_, backoff.next());
        timer.wait();
        if (!stopping_) board_.set_journal_trouble(std::nullopt);
    }
}

asio::awaitable<void> FtrackSource::Follower::sleep(milliseconds delay) {
    boost::system::error_code ignored;
    delay_.expires_after(delay);
    co_await delay_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> FtrackSource::Follower::follow() {
    while (!stopping_) {
        if (paused_) {
            board_.set_state(SourceState::paused, "paused by hand");
            co_await sleep(std::chrono::hours(1));
            continue;
        }
        if (!appender_->has_room()) {  // after an overflow: come back when there is room for what then comes
            board_.set_state(SourceState::waiting, "waits for the journal before it connects again");
            co_await sleep(milliseconds(100));
            continue;
        }
        board_.set_state(SourceState::connecting, "");
        const auto begun = context_.clock.steady();
        const auto failure = co_await try_once();
        if (!failure || stopping_ || paused_) continue;
        // A connection that stood took its time for good reasons.
        const auto took = stood_ ? SteadyTime::duration{} : context_.clock.steady() - begun;
        co_await sleep(after_failure(*failure, std::chrono::duration_cast<milliseconds>(took)));
    }
}

asio::awaitable<std::optional<ftrack::HubError>> FtrackSource::Follower::try_once() {
    std::optional<HubError> failure;
    stood_ = false;
    try {
        co_await one_connection();
    } catch (const HubError& error) {
        failure = error;
    } catch (const std::exception& error) {
        failure = HubError(HubError::Kind::lost, error.what());
    }
    if (ended_) failure = std::exchange(ended_, std::nullopt);
    end_connection();
    if (away_reason_.empty()) away_reason_ = paused_ ? "paused" : failure ? failure->what() : "";
    co_return failure;
}

asio::awaitable<void> FtrackSource::Follower::one_connection() {
    const auto opened = co_await HubLink::open(
        io_, dialer_, link_options_,
        [this] {
            if (conversation_) conversation_->heard(context_.clock.steady());
        },
        [this](std::shared_ptr<HubLink> link) { link_ = std::move(link); });
    auto dead = options_.dead_after;
    if (dead.count() == 0)
        dead = opened->heartbeat()
                   ? std::max<milliseconds>(*opened->heartbeat(), std::chrono::seconds(15)) + kDeadMargin
                   : kDefaultDeadAfter;
    conversation_ = std::make_unique<HubConversation>(
        identity_, outputs_, HubConversation::Timeouts{options_.handshake_timeout, options_.ack_timeout, dead},
        context_.clock.steady());
    arm_tick();
    for (;;)
        on_text(co_await opened->read());
}

void FtrackSource::Follower::end_connection() {
    tick_.cancel();
    if (live_ && context_.clock.steady() - live_since_ >= kGoodConnection) backoff_.reset();
    live_ = false;
    if (link_) link_->abort();
    link_.reset();
    conversation_.reset();
    before_live_.clear();
    before_live_bytes_ = 0;
}

milliseconds FtrackSource::Follower::after_failure(const HubError& error, milliseconds took) {
    const bool refused = error.kind() == HubError::Kind::refused;
    const auto delay = refused ? options_.refused_delay : backoff_.next_after(took);
    if (last_failure_ != error.what()) {
        last_failure_ = error.what();
        log(refused ? FOLEY_LOG_ERROR : FOLEY_LOG_WARNING,
            last_failure_ + (refused ? ". This needs a person; trying again every " +
                                           std::to_string(options_.refused_delay.count() / 1000) + " s."
                                     : ". Trying again."));
    }
    board_.set_state(refused ? SourceState::refused : SourceState::waiting, error.what(), context_.clock.now() + delay);
    return delay;
}

void FtrackSource::Follower::arm_tick() {
    tick_.expires_at(conversation_->next_tick());
    tick_.async_wait([this](boost::system::error_code error) {
        if (!error) on_tick();
    });
}

void FtrackSource::Follower::on_tick() {
    if (!conversation_) return;
    try {
        conversation_->tick(context_.clock.steady());
        arm_tick();
    } catch (const HubError& error) {
        ended_ = error;
        link_->abort();
    }
}

void FtrackSource::Follower::note_heard(Timestamp now) {
    heard_ = now;
    heard_steady_ = context_.clock.steady();
}

void FtrackSource::Follower::on_text(const std::string& text) {
    const auto now = context_.clock.now();
    board_.change([now](SourceStatus& status) { status.last_heard_at = now; });
    conversation_->receive(text, context_.clock.steady());
    if (conversation_->next_tick() < tick_.expiry()) arm_tick();  // an ack is now waited for
    if (!live_) return;
    note_heard(now);
    store_cursor_now_and_then(now);
}

void FtrackSource::Follower::on_subscribed() {
    const auto now = context_.clock.now();
    const auto away = std::chrono::duration_cast<std::chrono::microseconds>(context_.clock.steady() - heard_steady_);
    // The clock may have been set back meanwhile: the earlier of both accounts, so that nobody asks for too little.
    const auto span = gap_times_.next(std::min(heard_, now - away), now);
    log(FOLEY_LOG_INFO, "follows the event hub, after " +
                            std::to_string(std::chrono::duration_cast<milliseconds>(span.until - span.from).count()) +
                            " ms away (" + away_reason_ + ")");
    Appender::Entry gap;
    gap.events.push_back(make_gap(options_.name, Shape::ftrack, span.from, span.until, away_reason_));
    gap.cursor = cursor_text(now);
    hand_over(std::move(gap));
    note_heard(now);
    stored_at_ = now;
    away_reason_.clear();
    last_failure_.clear();
    for (auto& entry : std::exchange(before_live_, {}))
        hand_over(std::move(entry));
    before_live_bytes_ = 0;
    live_ = true;
    stood_ = true;
    live_since_ = context_.clock.steady();
    board_.set_state(SourceState::live, "");
    if (std::exchange(was_live_, true)) board_.change([](SourceStatus& status) { ++status.reconnects; });
}

void FtrackSource::Follower::on_event(std::string_view text) {
    const auto now = context_.clock.now();
    auto made = make_event(options_.name, Shape::ftrack, std::string(text), now);
    if (!made.event) {
        on_unreadable(text, made.refusal);
        return;
    }
    Event& event = *made.event;
    if (event.type.starts_with("ftrack.meta.")) return;
    if (event.id.empty()) event.id = "foley-" + site::ftrack::new_id();
    if (interactive(event.type)) event.deadline = now + options_.interactive_deadline;
    last_event_ = event.id;
    Appender::Entry entry;
    entry.cursor = cursor_text(now);
    entry.events.push_back(std::move(event));
    hand_over(std::move(entry));
    stored_at_ = now;
}

void FtrackSource::Follower::on_unreadable(std::string_view packet, std::string_view reason) {
    log(FOLEY_LOG_WARNING, "an event is put aside: " + std::string(reason));
    Journal::Aside aside;
    aside.source = options_.name;
    aside.reason = reason;
    aside.text = packet;
    aside.at = context_.clock.now();
    Appender::Entry entry;
    entry.aside.push_back(std::move(aside));
    hand_over(std::move(entry));
}

bool FtrackSource::Follower::interactive(const std::string& topic) const {
    return topic == "ftrack.action.discover" || topic == "ftrack.action.launch" ||
           topic == "ftrack.dynamic-enumerator" ||
           std::find(options_.interactive.begin(), options_.interactive.end(), topic) != options_.interactive.end();
}

// Before the subscriptions stand, events wait: the gap comes first.
void FtrackSource::Follower::hand_over(Appender::Entry entry) {
    if (!conversation_->subscribed()) {
        for (const auto& event : entry.events)
            before_live_bytes_ += event.payload.size();
        before_live_.push_back(std::move(entry));
        if (before_live_.size() <= options_.queue.queue_events && before_live_bytes_ <= options_.queue.queue_bytes)
            return;
        throw HubError(HubError::Kind::lost, "too many events before the hub acknowledged the subscriptions");
    }
    if (!appender_->offer(std::move(entry)))
        throw HubError(HubError::Kind::lost,
                       "the journal takes events too slowly or not at all, and the queue before it is full");
}

void FtrackSource::Follower::store_cursor_now_and_then(Timestamp now) {
    if (now - stored_at_ < options_.cursor_interval) return;
    stored_at_ = now;
    appender_->offer({{}, {}, cursor_text(now)});
}

std::string FtrackSource::Follower::cursor_text(Timestamp heard) const {
    return ftrack::HubCursor{heard, last_event_, link_ ? link_->session() : std::string()}.text();
}

}  // namespace foley::core
