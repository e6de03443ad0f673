// A mail as it goes over the wire (RFC 5322, 2045, 2047): ASCII only, no line over 998 characters, and nothing that
// came from outside can begin a header or end the message. Lines end in CRLF; a line of one dot is the business of who
// sends it (SMTP's, and there libcurl's).
//
// Thread: any. Throws: std::bad_alloc.
#pragma once

#include "core/event/types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

struct Mail {
    std::string from;             // addresses that were checked
    std::vector<std::string> to;  // not empty
    std::string subject;          // any text
    std::string body;             // any text
    Timestamp at{};
    std::string id;  // the left side of the message's id; letters, digits, dots
};

std::string to_message(const Mail& mail);

// One line of at most `limit` bytes: control characters, line breaks and what looks like one become blanks, what is not
// UTF-8 a replacement character.
std::string one_line(std::string_view text, std::size_t limit);
// A header's text: as it is when it is plain ASCII, else in encoded words, folded.
std::string header_text(std::string_view line);
// Quoted-printable, with CRLF; control characters but line breaks and tabs shown as \xNN.
std::string quoted_printable(std::string_view text);

}  // namespace foley::core
