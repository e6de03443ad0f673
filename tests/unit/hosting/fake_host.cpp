// A host program that breaks the protocol, in the way that the name of its "plugin" says.
#include "core/hosting/protocol.hpp"

#include <random>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

using namespace foley::core;

namespace {

void send_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(kHostSocket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) ::_exit(1);
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string hello() {
    Hello said;
    said.callbacks.resize(1);
    said.callbacks[0].name = "only";
    std::string frame;
    encode_hello(frame, said);
    return frame;
}

std::string outcome_of(DeliveryNumber delivery, std::uint32_t callback) {
    HostOutcome outcome;
    outcome.delivery = delivery;
    outcome.callback = callback;
    std::string frame;
    encode_outcomes(frame, {&outcome, 1});
    return frame;
}

std::string garbage() {
    std::mt19937 random(4711);
    std::string bytes(4096, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

std::string what_to_say(const std::string& how) {
    if (how == "garbage") return garbage();
    if (how == "huge_frame") return std::string("\xff\xff\xff\x7f\x44", 5);
    if (how == "unknown_type") return std::string("\0\0\0\0\x7f", 5);
    if (how == "wrong_way") return std::string("\0\0\0\0\x05", 5);
    if (how == "hello_twice") return hello() + hello();
    if (how == "unknown_delivery") return hello() + outcome_of(99, 0);
    if (how == "early_outcome") return outcome_of(1, 0);
    if (how == "early_drained") return hello() + std::string("\0\0\0\0\x4b", 5);
    if (how == "other_version") {
        std::string frame = hello();
        frame[5] = 9;
        return frame;
    }
    if (how == "default_is_no_json") {
        Hello said;
        said.settings.resize(1);
        said.settings[0].name = "poll";
        said.settings[0].default_value = "{";
        std::string frame;
        encode_hello(frame, said);
        return frame;
    }
    if (how == "invented_return") {
        std::string frame = hello();
        const DeliveryNumber delivery = 7;
        encode_returned(frame, {&delivery, 1});
        return frame;
    }
    if (how == "uninvited_timings") {
        std::string frame = hello();
        encode_timings(frame, {});
        return frame;
    }
    return hello();
}

}  // namespace

int main(int, char** arguments) {
    const std::string how = arguments[1];
    if (how == "leaves") return 0;
    send_all(what_to_say(how));
    if (how == "closes") ::close(kHostSocket);
    for (;;)
        ::pause();
}
