// The texts of the share's command gateway: what is sent, and what an answer means.
#pragma once

#include "hammertrack/label.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hammertrack {

std::string add_label_script(const Label& label);     // set #assigned_labels=add_label("yul")
std::string remove_label_script(const Label& label);  // the kind that is no error when the label is not there
std::string has_label_script(const Label& label);     // of local labels only
std::string any_label_script(const Label& label);     // local or inherited

// "./main.exr?.set …"; for the folder itself `name` is empty. Throws PathRefused for a name that would change the
// command: the share escapes nothing.
std::string gateway_command(std::string_view name, const std::string& script);

enum class GatewayAnswer { empty, yes, no, echo, words };
// `command` is what was sent. An echo of it means that an ordinary file system keeps the file.
GatewayAnswer classify_answer(std::string_view answer, std::string_view command) noexcept;

// An answer as one line that can be logged: control characters and over-length cut away.
std::string share_words(std::string_view answer);

}  // namespace hammertrack
