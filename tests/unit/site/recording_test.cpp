#include <foley/site/recording.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

using namespace foley::site;

namespace {

struct TemporaryFile {
    TemporaryFile() : path(std::filesystem::temp_directory_path() / ("foley-recording-" + std::to_string(::getpid()))) {
        std::filesystem::remove(path);
    }
    ~TemporaryFile() { std::filesystem::remove(path); }
    std::string text() const {
        std::ostringstream out;
        out << std::ifstream(path).rdbuf();
        return out.str();
    }
    std::filesystem::path path;
};

Request request(const std::string& body) {
    Request out;
    out.method = "POST";
    out.url = "https://studio.example.com/api";
    out.headers = {{"ftrack-api-key", "secret-key"}, {"Accept", "application/json"}};
    out.body = body;
    out.what = "query";
    return out;
}

}  // namespace

TEST_CASE("what was recorded is played back, and no secret is in the file", "[site][recording]") {
    const TemporaryFile file;
    {
        int calls = 0;
        Recorder recorder(std::make_unique<FakeTransport>([&calls](const Request&) -> Response {
                              if (++calls == 2) throw TimeoutError("late", Reached::maybe);
                              return {200, {{"Set-Cookie", "session=secret-cookie"}}, "[1]"};
                          }),
                          file.path);
        CHECK(recorder.send(request("a")).body == "[1]");
        CHECK_THROWS_AS(recorder.send(request("b")), TimeoutError);
    }
    CHECK(file.text().find("secret") == std::string::npos);

    Replayer replayer(file.path);
    CHECK(replayer.left() == 2);
    try {
        replayer.send(request("b"));
        FAIL("no error");
    } catch (const foley::SiteError& error) {
        CHECK(error.kind() == foley::SiteError::Kind::timeout);
        CHECK(error.transient());
    }
    CHECK(replayer.send(request("a")).body == "[1]");
    CHECK(replayer.left() == 0);
    CHECK_THROWS_AS(replayer.send(request("a")), ConnectionError);
}

TEST_CASE("a file that is no recording is refused with its line", "[site][recording]") {
    const TemporaryFile file;
    std::ofstream(file.path) << "{\"request\":{}}\n";
    CHECK_THROWS_WITH(Replayer(file.path), Catch::Contains("line 1"));
}

TEST_CASE("credentials in a body are not recorded, and the exchange is found all the same", "[site][recording]") {
    const TemporaryFile file;
    const std::string call =
        R"({"method_name":"read","params":[{"script_name":"daemon","script_key":"key-1"},{"auth_token":"t-2"}]})";
    {
        auto inner = std::make_unique<FakeTransport>([](const Request&) { return Response{200, {}, "{}"}; });
        Recorder recorder(std::move(inner), file.path);
        recorder.send(request(call));
        recorder.send(request("not JSON, with script_key key-1"));
    }
    CHECK_THAT(file.text(), !Catch::Contains("key-1") && !Catch::Contains("t-2") && Catch::Contains("daemon"));
    Replayer replayer(file.path);
    CHECK(replayer.send(request(call)).status == 200);
    CHECK(replayer.left() == 1);
}
