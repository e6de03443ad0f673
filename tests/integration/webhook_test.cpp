// Webhooks of a ShotGrid site, sent to the real daemon. The source asks the site once an hour by itself, so only a
// webhook explains what comes sooner.
#include "integration/harness/show.hpp"

#include "core/source/shotgrid/webhook_delivery.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <optional>

using namespace foley::testing;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using Catch::Matchers::Contains;
using Ids = std::vector<std::uint64_t>;

namespace {

const std::string kSecret = "a-made-up-secret-token";

Show::Options options(const std::string& listen = "127.0.0.1:0") {
    return {.source = "start: earliest, webhook: {listen: \"" + listen +
                      "\", path: /hooks/sg, secret: {env: FOLEY_TEST_HOOK}}",
            .pace = "poll: 1h",
            .environment = {"FOLEY_TEST_HOOK=" + kSecret}};
}

tcp::endpoint endpoint_of(Show& show) {
    std::string where;
    show.daemon.await("the webhook's port to be open", [&] {
        where = show.source().more["webhook"];
        return where.ends_with("/hooks/sg");
    });
    const auto port = static_cast<std::uint16_t>(std::stoi(where.substr(where.find(':') + 1)));
    return {boost::asio::ip::make_address("127.0.0.1"), port};
}

std::string delivery(const Ids& ids) {
    std::string list;
    for (const auto id : ids)
        list += std::string(list.empty() ? "" : ",")
                    .append(R"({"event_log_entry_id":)")
                    .append(std::to_string(id))
                    .append(R"(,"event_type":"Shotgun_Task_Change"})");
    return R"({"timestamp":"2026-11-26T00:00:00Z","data":{"deliveries":[)" + list + "]}}";
}

// Sends what a site would and returns the first line of the answer.
class Sender {
public:
    explicit Sender(Show& show) : to_(endpoint_of(show)) {}

    std::string send(const Ids& ids, const std::string& secret = kSecret) { return send_body(delivery(ids), secret); }
    std::string send_body(const std::string& body, const std::string& secret = kSecret) {
        tcp::socket socket(io_);
        socket.connect(to_);
        boost::system::error_code error;
        boost::asio::write(
            socket,
            boost::asio::buffer("POST /hooks/sg HTTP/1.1\r\nHost: studio\r\nConnection: close\r\nX-SG-SIGNATURE: " +
                                foley::core::shotgrid::webhook_signature(foley::Secret(secret), body) +
                                "\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body),
            error);
        std::string answer;
        boost::asio::read(socket, boost::asio::dynamic_buffer(answer), error);
        return answer.substr(0, answer.find("\r\n"));
    }

private:
    boost::asio::io_context io_;
    tcp::endpoint to_;
};

}  // namespace

TEST_CASE("a webhook has the event read that the next look would have found in an hour", "[integration][webhook]") {
    Show show(options());
    show.follow();
    Sender sender(show);
    const auto event = show.commit();
    CHECK_THAT(sender.send({event}), Contains("200"));
    show.await_handled("a", event);
    // The body is no event: what it says of one that there is not is never seen.
    CHECK_THAT(sender.send({event + 1}), Contains("200"));
    const auto next = show.commit();
    CHECK_THAT(sender.send({}), Contains("200"));
    show.await_handled("a", next);
    CHECK(show.ids("a") == Ids{event, next});
    CHECK(show.source().more["webhook_deliveries"] == "3");
    CHECK(show.source().duplicates == 0);
}

TEST_CASE("a webhook has the missing event read that it names", "[integration][webhook]") {
    Show show(options());
    show.follow();
    Sender sender(show);
    const auto first = show.commit();
    const auto late = show.reserve();
    const auto above = show.commit();
    sender.send({above});
    show.await_handled("a", above);
    show.daemon.await("the gap to be seen", [&] { return show.source().more["missing"] == std::to_string(late); });
    show.commit_reserved(late);
    sender.send({late});
    show.await_handled("a", late);
    show.daemon.await("the gap to be closed", [&] { return show.source().open_gaps == 0; });
    // A site may send twice, and late.
    sender.send({late, above});
    const auto last = show.commit();
    sender.send({last});
    show.await_handled("a", last);
    CHECK(show.ids("a") == Ids{first, above, late, last});
}

TEST_CASE("what is forged or too large wakes nobody", "[integration][webhook]") {
    Show show(options());
    show.follow();
    Sender sender(show);
    const auto event = show.commit();
    const auto requests = show.site.requests();
    for (int i = 0; i < 20; ++i)
        CHECK_THAT(sender.send({event}, "guessed"), Contains("403"));
    CHECK_THAT(sender.send_body(std::string(std::size_t{5} << 20, 'x')), Contains("413"));
    CHECK(show.source().more["webhook_refused"] == "20");
    CHECK(show.site.requests() == requests);
    CHECK(show.ids("a").empty());
    CHECK(show.daemon.log_tail(1000).find(kSecret) == std::string::npos);
    sender.send({event});
    show.await_handled("a", event);
}

TEST_CASE("a flood of webhooks is a few questions to the site", "[integration][webhook]") {
    Show show(options());
    show.follow();
    Sender sender(show);
    const auto requests = show.site.requests();
    std::uint64_t last = 0;
    for (int i = 0; i < 300; ++i) {
        last = show.commit();
        CHECK_THAT(sender.send({last}), Contains("200"));
    }
    show.await_handled("a", last);
    CHECK(show.ids("a").size() == 300);
    CHECK(show.site.requests() - requests < 150);
}

TEST_CASE("a webhook's port that is taken is shown, and the source goes on without", "[integration][webhook]") {
    boost::asio::io_context io;
    std::optional<tcp::acceptor> other;
    other.emplace(io, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
    auto setup = options("127.0.0.1:" + std::to_string(other->local_endpoint().port()));
    setup.pace = "poll: 50ms";
    Show show(setup);
    show.follow();
    const auto event = show.commit();
    show.await_handled("a", event);
    show.daemon.await("the trouble to be shown",
                      [&] { return show.source().detail.find("in use") != std::string::npos; });
    CHECK(show.source().state == "live");
    other.reset();
    Sender sender(show);
    CHECK_THAT(sender.send({event}), Contains("200"));
    CHECK(show.source().detail.empty());
    CHECK(show.daemon.stop().exit_code() == 0);
}
