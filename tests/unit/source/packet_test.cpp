#include "core/source/ftrack/packet.hpp"

#include "core/source/ftrack/hub_link.hpp"

#include <catch2/catch.hpp>

using namespace foley::core::ftrack;

TEST_CASE("packets are taken apart", "[source][packet]") {
    CHECK(parse_packet("1::")->code == PacketCode::connect);
    CHECK(parse_packet("2::")->code == PacketCode::heartbeat);
    CHECK(parse_packet("2:::")->code == PacketCode::heartbeat);
    CHECK(parse_packet("0")->code == PacketCode::disconnect);
    CHECK(parse_packet("8::")->code == PacketCode::noop);
    const auto event = parse_packet(R"(5:12+::{"a":"b:c"})");
    REQUIRE(event);
    CHECK(event->id == 12);
    CHECK(event->data == R"({"a":"b:c"})");
    CHECK(parse_packet("7:::not handshaken+reconnect")->data == "not handshaken+reconnect");
}

TEST_CASE("what is no packet is none", "[source][packet]") {
    for (const char* text :
         {"", "5:", "5:1", "9::", "x::", "51::", "5:a::x", "5:-1::x", "5:99999999999999999999999::x"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_packet(text));
    }
}

TEST_CASE("the event in a packet is handed on byte for byte", "[source][packet]") {
    const std::string object = R"({ "id" : "e1",  "data":{"a":[1,{"b":"}]"}],"n":1.50} })";
    const std::string packet = R"({"name":"ftrack.event","args":[ )" + object + R"( ]})";
    const auto data = parse_event_data(packet);  // a view of the packet
    CHECK(data.kind == EventData::Kind::event);
    CHECK(data.object == object);
    CHECK(parse_event_data(R"({"args":[{}],"name":"ftrack.event"})").object == "{}");
}

TEST_CASE("an event packet with anything but one object is malformed", "[source][packet]") {
    for (const char* text :
         {"", "[]", "5", R"({"name":"ftrack.event"})", R"({"name":"ftrack.event","args":[]})",
          R"({"name":"ftrack.event","args":[{},{}]})", R"({"name":"ftrack.event","args":[1]})",
          R"({"name":"ftrack.event","args":[{},1]})", R"({"name":"ftrack.event","args":[[{}]]})",
          R"({"name":"ftrack.event","args":{"0":{}}})", R"({"name":"ftrack.event","args":[{}])",
          R"({"name":"ftrack.event","args":[{}],"args":[{}]})", R"({"name":"ftrack.event","args":null})"}) {
        CAPTURE(text);
        CHECK(parse_event_data(text).kind == EventData::Kind::malformed);
    }
    CHECK(parse_event_data(R"({"name":"other","args":[{}]})").kind == EventData::Kind::other);
    CHECK(parse_event_data(std::string(500'000, '[')).kind == EventData::Kind::malformed);
}

TEST_CASE("acks are read with and without arguments", "[source][packet]") {
    CHECK(parse_ack_data("1+[{\"success\":true}]")->success == true);
    const auto refused = parse_ack_data(R"(2+[{"success":false,"message":"no"}])");
    CHECK(refused->id == 2);
    CHECK(refused->success == false);
    CHECK(refused->message == "no");
    CHECK(parse_ack_data("3")->id == 3);
    CHECK_FALSE(parse_ack_data("3")->success.has_value());
    CHECK_FALSE(parse_ack_data(""));
    CHECK_FALSE(parse_ack_data("x+[]"));
    CHECK_FALSE(parse_ack_data("4+broken")->success.has_value());
}

TEST_CASE("the handshake is read, also when its end is missing", "[source][packet]") {
    const auto full = parse_handshake("7f3a9c1e5b20:60:60:websocket,xhr-polling\n");
    REQUIRE(full);
    CHECK(full->session == "7f3a9c1e5b20");
    CHECK(full->heartbeat_seconds == 60u);
    CHECK(full->websocket);
    CHECK(parse_handshake("1234567890:")->websocket);
    CHECK_FALSE(parse_handshake("1234567890:")->heartbeat_seconds.has_value());
    CHECK_FALSE(parse_handshake("abc:60:60:xhr-polling")->websocket);
    for (const char* text :
         {"", "  ", ":60:60:websocket", R"({"exception":"InvalidCredentialsError"})", "<html>", "a/b:1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_handshake(text));
    }
}

TEST_CASE("addresses and proxies are taken apart, and nothing else passes", "[source][packet]") {
    CHECK(parse_hub_address("https://studio.example.com").port == "443");
    CHECK(parse_hub_address("http://127.0.0.1:8080/").port == "8080");
    CHECK(parse_hub_address("http://[::1]:8080").host == "::1");
    CHECK(parse_hub_address("https://x/ftrack/").prefix == "/ftrack");
    for (const char* url : {"studio", "ftp://x", "https://", "https://u:p@x", "https://x?a=b", "https://x:port"}) {
        CAPTURE(url);
        CHECK_THROWS_AS(parse_hub_address(url), std::invalid_argument);
    }
    CHECK(parse_hub_proxy("http://proxy:8080").authorization.empty());
    CHECK(parse_hub_proxy("http://user:p%40ss@proxy").authorization == "Basic dXNlcjpwQHNz");
    CHECK_THROWS_AS(parse_hub_proxy("socks5://proxy"), std::invalid_argument);
}
