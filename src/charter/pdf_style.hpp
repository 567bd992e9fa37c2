// Measures of the printed page, in points (1/72 inch).
#pragma once

#include "charter/document.hpp"
#include "charter/palette.hpp"

namespace tollgate::charter {

inline constexpr double kPageWidth = 595.28;  // A4
inline constexpr double kPageHeight = 841.89;
inline constexpr double kLeft = 56.0;
inline constexpr double kTop = 58.0;
inline constexpr double kBodyWidth = kPageWidth - 2 * kLeft;
inline constexpr double kBodyHeight = kPageHeight - kTop - 68.0;
inline constexpr double kFooterRule = kPageHeight - 46.0;

inline constexpr double kBodySize = 9.0;
inline constexpr double kTableSize = 8.0;
inline constexpr double kSmallSize = 7.0;

enum class Weight { kRegular, kBold };
enum class Slant { kUpright, kItalic };

// How a run of text looks before its spans' own styles.
struct TextFormat {
  double size = kBodySize;
  Weight weight = Weight::kRegular;
  Rgb colour = kInk;
  Slant slant = Slant::kUpright;
  Align align = Align::kLeft;
  double line_spacing = 1.2;  // times the font's own line height
};

}  // namespace tollgate::charter
