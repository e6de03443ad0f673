// WebhookListener over real connections of this machine.
#include "core/source/shotgrid/webhook_listener.hpp"

#include "await.hpp"
#include "memory_journal.hpp"

#include "core/source/shotgrid/webhook_delivery.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <map>

using namespace foley;
using namespace foley::core;
using namespace foley::core::shotgrid;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using Ids = std::vector<std::uint64_t>;

namespace {

struct Door {
    SystemClock clock;
    MemoryJournal journal;
    std::mutex mutex;
    std::vector<std::pair<int, std::string>> told;  // guarded by mutex
    std::vector<Ids> heard;                         // guarded by mutex
    SourceContext context{journal, clock, [this](int level, const std::string& text) {
                              const std::lock_guard lock(mutex);
                              told.emplace_back(level, text);
                          }};
    WebhookOptions options;
    std::optional<WebhookListener> listener;

    Door() {
        options.path = "/hooks/sg";
        options.secret = Secret("my-secret");
    }
    void open() {
        make();
        REQUIRE(await([&] { return listening(); }));
    }
    void make() {
        listener.emplace(options, context, [this](Ids ids) {
            const std::lock_guard lock(mutex);
            heard.push_back(std::move(ids));
        });
        listener->start();
    }
    std::string shown(const std::string& name) {
        for (const auto& [key, value] : listener->status())
            if (key == name) return value;
        return "-";
    }
    bool listening() { return shown("webhook").ends_with(options.path); }
    std::uint16_t port() {
        const auto where = shown("webhook");
        return static_cast<std::uint16_t>(std::stoi(where.substr(where.find(':') + 1)));
    }
    std::vector<Ids> all_heard() {
        const std::lock_guard lock(mutex);
        return heard;
    }
    std::size_t count_told(const std::string& part) {
        const std::lock_guard lock(mutex);
        return static_cast<std::size_t>(std::count_if(
            told.begin(), told.end(), [&](const auto& line) { return line.second.find(part) != std::string::npos; }));
    }

    // Sends these bytes and returns all that comes back until the other side ends the connection.
    std::string raw(const std::string& bytes) {
        boost::asio::io_context io;
        tcp::socket socket(io);
        socket.connect(tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), port()));
        boost::system::error_code error;
        boost::asio::write(socket, boost::asio::buffer(bytes), error);
        std::string answer;
        boost::asio::read(socket, boost::asio::dynamic_buffer(answer), error);
        return answer;
    }
    std::string post(const std::string& body, const std::string& signature, const std::string& path = "/hooks/sg",
                     const std::string& method = "POST") {
        return raw(method + " " + path +
                   " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                   "\r\n" + (signature.empty() ? "" : "X-SG-SIGNATURE: " + signature + "\r\n") + "\r\n" + body);
    }
    std::string signature(const std::string& body) const { return webhook_signature(options.secret, body); }
};

const std::string kDelivery = R"({"data":{"event_log_entry_id":248249},"timestamp":"2026-01-02T03:04:05Z"})";

}  // namespace

TEST_CASE("a signed delivery is answered and heard", "[source][shotgrid][webhook]") {
    Door door;
    door.open();
    CHECK(door.post(kDelivery, door.signature(kDelivery)).starts_with("HTTP/1.1 200"));
    REQUIRE(await([&] { return door.all_heard().size() == 1; }));
    CHECK(door.all_heard().front() == Ids{248'249});
    // Whoever has the secret may say nothing in particular.
    CHECK(door.post("not JSON", door.signature("not JSON")).starts_with("HTTP/1.1 200"));
    REQUIRE(await([&] { return door.all_heard().size() == 2; }));
    CHECK(door.all_heard().back().empty());
    CHECK(door.shown("webhook_deliveries") == "2");
    CHECK(door.shown("webhook_refused") == "0");
}

TEST_CASE("what is not signed with the secret is refused, counted, and told once in a while",
          "[source][shotgrid][webhook]") {
    Door door;
    door.open();
    CHECK(door.post(kDelivery, "").starts_with("HTTP/1.1 403"));
    CHECK(door.post(kDelivery, webhook_signature(Secret("guessed"), kDelivery)).starts_with("HTTP/1.1 403"));
    for (int i = 0; i < 50; ++i)
        door.post(kDelivery, door.signature(kDelivery + " "));
    CHECK(door.shown("webhook_refused") == "52");
    CHECK(door.shown("webhook_deliveries") == "0");
    CHECK(door.all_heard().empty());
    CHECK(door.count_told("without a good signature") == 1);
    CHECK(door.count_told("my-secret") == 0);
}

TEST_CASE("other paths, other methods and what is too large have a status of their own",
          "[source][shotgrid][webhook]") {
    Door door;
    door.options.longest_body = 1'000;
    door.open();
    const auto good = door.signature(kDelivery);
    CHECK(door.post(kDelivery, good, "/").starts_with("HTTP/1.1 404"));
    CHECK(door.post(kDelivery, good, "/hooks/sg/more").starts_with("HTTP/1.1 404"));
    const auto other_method = door.post("", good, "/hooks/sg", "GET");
    CHECK(other_method.starts_with("HTTP/1.1 405"));
    CHECK_THAT(other_method, Catch::Matchers::Contains("Allow: POST"));
    // Much more than the connection's buffers hold: the answer is read all the same.
    const std::string large(std::size_t{20} << 20, 'x');
    CHECK(door.post(large, door.signature(large)).starts_with("HTTP/1.1 413"));
    CHECK(door.post("", good + "\r\nX-Long: " + std::string(20'000, 'x')).starts_with("HTTP/1.1 431"));
    CHECK(door.raw("good morning\r\n\r\n").starts_with("HTTP/1.1 400"));
    CHECK(door.all_heard().empty());
    CHECK(door.shown("webhook_refused") == "0");
}

TEST_CASE("a client that says nothing is let go, and one too many is told so", "[source][shotgrid][webhook]") {
    Door door;
    SECTION("slow") {
        door.options.patience = 30ms;
        door.open();
        CHECK(door.raw("").empty());
        CHECK(door.raw("POST /hooks/sg HTT").empty());
        CHECK(door.raw("POST /hooks/sg HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345").empty());
    }
    SECTION("many") {
        door.options.connections = 1;
        door.open();
        boost::asio::io_context io;
        tcp::socket first(io);
        first.connect(tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), door.port()));
        CHECK(door.raw("").starts_with("HTTP/1.1 503"));
        first.close();
        CHECK(await([&] { return door.post(kDelivery, door.signature(kDelivery)).starts_with("HTTP/1.1 200"); }));
    }
    CHECK(await([&] { return door.count_told("heard at") == 1; }));
}

TEST_CASE("a port that is taken is told once, and tried until it is free", "[source][shotgrid][webhook]") {
    boost::asio::io_context io;
    std::optional<tcp::acceptor> other;
    other.emplace(io, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
    Door door;
    door.options.port = other->local_endpoint().port();
    door.options.listen_again = 10ms;
    door.make();
    REQUIRE(await([&] { return !door.listener->trouble().empty(); }));
    CHECK_THAT(door.listener->trouble(),
               Catch::Matchers::Contains("127.0.0.1 port " + std::to_string(door.options.port)) &&
                   Catch::Matchers::Contains("in use"));
    CHECK(door.shown("webhook") == door.listener->trouble());
    other.reset();
    REQUIRE(await([&] { return door.listening(); }));
    CHECK(door.listener->trouble().empty());
    CHECK(door.count_told("no webhook is heard") == 1);
    CHECK(door.post(kDelivery, door.signature(kDelivery)).starts_with("HTTP/1.1 200"));
}

TEST_CASE("a listener ends while clients are connected", "[source][shotgrid][webhook]") {
    Door door;
    door.open();
    boost::asio::io_context io;
    tcp::socket client(io);
    client.connect(tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), door.port()));
    boost::asio::write(client,
                       boost::asio::buffer(std::string("POST /hooks/sg HTTP/1.1\r\nContent-Length: 10\r\n\r\n1")));
    door.listener->stop();
    door.listener->join();
    std::string rest;
    boost::system::error_code error;
    boost::asio::read(client, boost::asio::dynamic_buffer(rest), error);
    CHECK(rest.empty());
    door.listener.reset();
    CHECK(door.all_heard().empty());
}
