#include "hammertrack/gateway_command.hpp"

#include "hammertrack/errors.hpp"

#include <catch2/catch.hpp>

using namespace hammertrack;

TEST_CASE("commands are the bytes that the vendor's tool sends", "[hammertrack][gateway]") {
    const LabelMenu menu(std::vector<std::pair<std::string, std::string>>{{"yul", "Montreal"}});
    const Label yul = *menu.find("yul");
    CHECK(gateway_command("", add_label_script(yul)) == "./?.set #assigned_labels=add_label(\"yul\")");
    CHECK(gateway_command("main.exr", add_label_script(yul)) == "./main.exr?.set #assigned_labels=add_label(\"yul\")");
    CHECK(gateway_command("", remove_label_script(yul)) == "./?.set #assigned_labels=delete_force_label(\"yul\")");
    CHECK(gateway_command("", has_label_script(yul)) == "./?.eval has_label_local(\"yul\")");
    CHECK(gateway_command("", any_label_script(yul)) == "./?.eval has_label(\"yul\")");
}

TEST_CASE("a file name that would change the command is refused", "[hammertrack][gateway]") {
    for (const std::string name : {"a?.set x", "a\"b", "a\\b", "a\nb", "a\x7f", "a\xff"}) {
        CAPTURE(name);
        CHECK_THROWS_AS(gateway_command(name, "eval x"), PathRefused);
    }
    CHECK(gateway_command("björn (1) %.exr", "eval x") == "./björn (1) %.exr?.eval x");
}

TEST_CASE("an answer is told by what it says", "[hammertrack][gateway]") {
    const std::string command = "./?.eval has_label_local(\"yul\")";
    CHECK(classify_answer("", command) == GatewayAnswer::empty);
    CHECK(classify_answer(" \n", command) == GatewayAnswer::empty);
    CHECK(classify_answer("TRUE\n", command) == GatewayAnswer::yes);
    CHECK(classify_answer(" true", command) == GatewayAnswer::yes);
    CHECK(classify_answer("False\r\n", command) == GatewayAnswer::no);
    CHECK(classify_answer(command, command) == GatewayAnswer::echo);
    CHECK(classify_answer(command + std::string(50, '\0'), command) == GatewayAnswer::echo);
    CHECK(classify_answer(command + "\n", command) == GatewayAnswer::echo);
    CHECK(classify_answer("no such label", command) == GatewayAnswer::words);
    CHECK(classify_answer("TRUE TRUE", command) == GatewayAnswer::words);
}

TEST_CASE("the share's words are fit for a log", "[hammertrack][gateway]") {
    CHECK(share_words("Error: \xff\xfe line\nnext\t\x1b[31m\n") == "Error: ?? line next  [31m");
    CHECK(share_words(std::string(5000, 'x')).size() < 450);
}
