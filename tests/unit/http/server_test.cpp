#include "core/http/server.hpp"

#include "core/http/client.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <future>
#include <thread>

#include <sys/stat.h>

using namespace foley::core;
namespace asio = boost::asio;

namespace {

// A server with a thread of its own, on a socket in a folder of its own.
class Running {
public:
    explicit Running(Router router, HttpLimits limits = {}) : server_(io_, std::move(router), limits) {
        server_.listen({socket(), 0600, ""});
        thread_ = std::thread([this] { io_.run(); });
    }
    ~Running() {
        asio::post(io_, [this] { server_.stop(); });
        work_.reset();
        thread_.join();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    std::filesystem::path socket() const { return folder_.path / "http.sock"; }
    asio::io_context& io() { return io_; }

    // Sends these bytes and returns all that comes back until the server ends the connection.
    std::string raw(const std::string& bytes) const {
        asio::io_context io;
        asio::local::stream_protocol::socket connection(io);
        connection.connect(asio::local::stream_protocol::endpoint(socket().string()));
        boost::system::error_code error;
        asio::write(connection, asio::buffer(bytes), error);
        std::string answer;
        asio::read(connection, asio::dynamic_buffer(answer), error);
        return answer;
    }

private:
    struct Folder {
        Folder() {
            std::string pattern = (std::filesystem::temp_directory_path() / "foley-http-XXXXXX").string();
            path = ::mkdtemp(pattern.data());
        }
        ~Folder() { std::filesystem::remove_all(path); }
        std::filesystem::path path;
    };
    Folder folder_;
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
    HttpServer server_;
    std::thread thread_;
};

Router echo_router() {
    Router router;
    router.add("GET", "/v1/things/{name}", [](const HttpRequest& request, const Responder& respond) {
        respond.json("\"" + request.capture("name") + "\"");
    });
    router.add("POST", "/v1/things/{name}", [](const HttpRequest& request, const Responder& respond) {
        respond({201, request.body + request.parameter("q").value_or(""), "text/plain", {}});
    });
    router.add("GET", "/v1/things/all", [](const HttpRequest&, const Responder& respond) { respond.json("\"all\""); });
    router.add("GET", "/v1/throws",
               [](const HttpRequest&, const Responder&) { throw std::runtime_error("the world is away"); });
    router.add("GET", "/v1/forgets", [](const HttpRequest&, const Responder&) {});
    return router;
}

}  // namespace

TEST_CASE("a request reaches its handler and the answer comes back, many over one connection", "[http][server]") {
    const Running running(echo_router());
    HttpClient client(running.socket());
    CHECK(client.request("GET", "/v1/things/a%20b").body == "\"a b\"");
    CHECK(client.request("GET", "/v1/things/all").body == "\"all\"");
    const HttpResponse posted = client.request("POST", "/v1/things/x?q=1+2", std::string(1 << 20, 'y'));
    CHECK(posted.status == 201);
    CHECK(posted.body == std::string(1 << 20, 'y').append("1 2"));
}

TEST_CASE("what nobody answers, and what fails, is a JSON error with a fitting status", "[http][server]") {
    const Running running(echo_router());
    HttpClient client(running.socket());
    CHECK(client.request("GET", "/v1/nothing").status == 404);
    CHECK(client.request("GET", "/v1/nothing").body == R"({"error":"there is nothing at /v1/nothing"})");
    CHECK(client.request("DELETE", "/v1/things/a").status == 405);
    CHECK(client.request("DELETE", "/v1/things/a").body == R"({"error":"/v1/things/a takes GET, POST, not DELETE"})");
    CHECK(client.request("GET", "/v1/throws").body == R"({"error":"the world is away"})");
    CHECK(client.request("GET", "/v1/forgets").status == 500);
}

TEST_CASE("a handler may answer later, from another thread", "[http][server]") {
    std::promise<Responder> asked;
    Router router;
    router.add("GET", "/later",
               [&asked](const HttpRequest&, Responder respond) { asked.set_value(std::move(respond)); });
    const Running running(std::move(router));
    std::thread helper([&asked] { asked.get_future().get().json("1"); });
    HttpClient client(running.socket());
    CHECK(client.request("GET", "/later").body == "1");
    helper.join();
}

TEST_CASE("a handler that does not answer in time is answered for", "[http][server]") {
    std::vector<Responder> kept;
    Router router;
    router.add("GET", "/never", [&kept](const HttpRequest&, const Responder& respond) { kept.push_back(respond); });
    HttpLimits limits;
    limits.handler_timeout = std::chrono::milliseconds(20);
    {
        const Running running(std::move(router), limits);
        HttpClient client(running.socket());
        CHECK(client.request("GET", "/never").status == 504);
        kept.clear();
    }
}

TEST_CASE("a request over a limit, or that is not HTTP, is refused", "[http][server]") {
    HttpLimits limits;
    limits.body = 1000;
    limits.header = 1000;
    const Running running(echo_router(), limits);
    CHECK(running.raw("POST /v1/things/x HTTP/1.1\r\nContent-Length: 1001\r\n\r\n").starts_with("HTTP/1.1 413"));
    CHECK(running.raw("GET /" + std::string(2000, 'x') + " HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 431"));
    CHECK(running.raw("good morning\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST_CASE("a client that sends half a request and falls silent is let go", "[http][server]") {
    HttpLimits limits;
    limits.idle_timeout = limits.request_timeout = std::chrono::milliseconds(20);
    const Running running(echo_router(), limits);
    CHECK(running.raw("GET /v1/thi").empty());
}

TEST_CASE("more connections than allowed are told so", "[http][server]") {
    HttpLimits limits;
    limits.connections = 1;
    const Running running(echo_router(), limits);
    HttpClient first(running.socket());
    CHECK(first.request("GET", "/v1/things/a").status == 200);
    CHECK(running.raw("").starts_with("HTTP/1.1 503"));
}

TEST_CASE("the socket file has its mode, replaces a stale one, and goes away with the server", "[http][server]") {
    std::string pattern = (std::filesystem::temp_directory_path() / "foley-http-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(pattern.data());
    const auto path = folder / "s";
    {
        asio::io_context io;
        asio::local::stream_protocol::acceptor stale(io, asio::local::stream_protocol::endpoint(path.string()));
    }
    REQUIRE(std::filesystem::exists(path));
    asio::io_context io;
    {
        HttpServer server(io, Router());
        server.listen({path, 0640, ""});
        struct stat facts {};
        REQUIRE(::stat(path.c_str(), &facts) == 0);
        CHECK((facts.st_mode & 07777) == 0640);

        HttpServer second(io, Router());
        CHECK_THROWS_WITH(second.listen({path, 0600, ""}), Catch::Contains("another process answers on this socket"));
        CHECK_THROWS_WITH(second.listen({folder / "t", 0600, "no-such-group"}),
                          Catch::Contains("there is no group no-such-group"));
    }
    CHECK_FALSE(std::filesystem::exists(path));
    std::ofstream(path) << "text";
    HttpServer third(io, Router());
    CHECK_THROWS_WITH(third.listen({path, 0600, ""}), Catch::Contains("not a socket"));
    CHECK(std::filesystem::exists(path));
    std::filesystem::remove_all(folder);
}

TEST_CASE("a client says where it looked when nobody is there", "[http][client]") {
    HttpClient client("/nowhere/foley.sock");
    try {
        client.request("GET", "/");
        FAIL("somebody answered");
    } catch (const HttpClientError& error) {
        CHECK(error.kind() == HttpClientError::Kind::unreachable);
        CHECK(std::string(error.what()) == "/nowhere/foley.sock: No such file or directory");
    }
}

TEST_CASE("a client gives up on a server that does not answer", "[http][client]") {
    std::vector<Responder> kept;
    std::promise<void> asked;
    Router router;
    router.add("GET", "/never", [&](const HttpRequest&, const Responder& respond) {
        kept.push_back(respond);
        asked.set_value();
    });
    Running running(std::move(router));
    HttpClient client(running.socket(), std::chrono::milliseconds(20));
    CHECK_THROWS_WITH(client.request("GET", "/never"), Catch::Contains("does not answer"));
    asked.get_future().wait();  // the server may be later than the client's patience
    std::promise<void> cleared;
    asio::post(running.io(), [&] {
        kept.clear();
        cleared.set_value();
    });
    cleared.get_future().wait();
}

TEST_CASE("the same over TCP on a port that the system chose", "[http][server]") {
    asio::io_context io;
    HttpServer server(io, Router());
    CHECK(server.listen_tcp("127.0.0.1", 0) > 0);
    CHECK_THROWS_WITH(server.listen_tcp("localhost", 0), Catch::Contains("is not an address"));
}

TEST_CASE("percent signs and queries are read and written", "[http][message]") {
    CHECK(percent_decoded("a%2Fb+c") == "a/b+c");
    CHECK(percent_decoded("a+b", true) == "a b");
    CHECK_FALSE(percent_decoded("a%2"));
    CHECK_FALSE(percent_decoded("%zz"));
    CHECK(percent_decoded(percent_encoded("ä/ %")) == "ä/ %");
    const auto query = parse_query("after=5&tail&x=%zz&after=6");
    CHECK(query == std::map<std::string, std::string>{{"after", "6"}, {"tail", ""}});
}
