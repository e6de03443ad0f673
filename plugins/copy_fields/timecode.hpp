// Timecode: frames as HH:MM:SS:FF and back.
//
// It counts whole frames: at 23.976 a second has 24 of them, at 29.97 it has 30. Drop frame, for the rates that are
// written 29.97, 59.94, 30 and so on, leaves out the first numbers of every minute but each tenth, and has ";" before
// its frames. Throws: std::domain_error, with a sentence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace copy_fields {

enum class Counting { every, drop };

std::string timecode_of(std::int64_t frames, double fps, Counting counting);

// The text says itself whether it is drop frame: a ";" or "." before the frames.
std::int64_t frames_of(std::string_view timecode, double fps);

}  // namespace copy_fields
