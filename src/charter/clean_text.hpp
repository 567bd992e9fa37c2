// Text from outside made safe to print: well-formed UTF-8 without characters that no reader can see but a program or
// the eye can be deceived by (controls, bidirectional overrides). Says nothing about markup: that is each writer's.
#pragma once

#include <string>
#include <string_view>

namespace tollgate::charter {

// Ill-formed bytes become U+FFFD; every kind of line end becomes '\n', a tab a space; other controls are dropped.
std::string clean(std::string_view text);

// The same on one line: line ends become spaces, spaces at both ends are dropped.
std::string clean_line(std::string_view text);

}  // namespace tollgate::charter
