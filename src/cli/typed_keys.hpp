// What a terminal in line mode passes on besides text: marks around a paste, and the sequences of arrow and other keys.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace tollgate::cli {

// Asks the terminal to mark what is pasted, so that its line ends are not taken for Enter; and to stop doing so.
inline constexpr std::string_view kMarkPastes = "\x1b[?2004h";
inline constexpr std::string_view kMarkPastesNoMore = "\x1b[?2004l";

// A paste began in what was typed so far and has not ended.
bool paste_is_open(std::string_view typed);

// The text alone: no key sequences, no paste marks, no control characters but tabs and line ends.
std::string text_of_keys(std::string_view typed);

}  // namespace tollgate::cli
