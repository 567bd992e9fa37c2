// The colours of a printed document, one set for HTML and PDF. Text colours keep WCAG AA contrast (4.5:1) on every
// background named here.
#pragma once

#include <cstdint>

#include "charter/document.hpp"

namespace tollgate::charter {

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  friend constexpr bool operator==(Rgb, Rgb) = default;
};

inline constexpr Rgb kInk{0x1c, 0x25, 0x30};
inline constexpr Rgb kMuted{0x55, 0x60, 0x6e};
inline constexpr Rgb kAccent{0x1d, 0x3f, 0x6e};  // headings, links
inline constexpr Rgb kRule{0xcd, 0xd4, 0xdc};
inline constexpr Rgb kHead{0xf1, 0xf4, 0xf8};  // a table's header

struct ToneColours {
  Rgb tint;  // background
  Rgb bar;   // the strip at a callout's edge
};

constexpr ToneColours colours_of(Tone tone) {
  switch (tone) {
    case Tone::kNeutral: return {{0xf1, 0xf4, 0xf8}, {0x6b, 0x7f, 0x99}};
    case Tone::kGood: return {{0xe9, 0xf4, 0xed}, {0x2f, 0x7d, 0x52}};
    case Tone::kCaution: return {{0xfc, 0xf3, 0xdf}, {0xb9, 0x80, 0x1c}};
    case Tone::kBad: return {{0xfb, 0xea, 0xe9}, {0xb0, 0x3a, 0x34}};
  }
  return {};
}

}  // namespace tollgate::charter
