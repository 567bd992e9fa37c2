// Text set in lines of a given width, by Pango. A TextBlock lives only as long as its TextEngine, and both stay on one
// thread; several engines may work at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <pango/pangocairo.h>

#include "base/result.hpp"
#include "charter/document.hpp"
#include "charter/pdf_style.hpp"

namespace tollgate::charter {

struct GObjectUnref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using GObjectPtr = std::unique_ptr<T, GObjectUnref>;

class TextBlock {
 public:
  struct Link {
    double x = 0;  // from the block's left edge
    double width = 0;
    std::string target;
  };
  struct Line {
    PangoLayoutLine* glyphs = nullptr;  // owned by the layout
    double x = 0;                       // from the block's left edge: alignment
    double baseline = 0;                // from the line's top
    double height = 0;
    std::vector<Link> links{};
  };

  explicit TextBlock(Rgb colour) : colour_(colour) {}

  const std::vector<Line>& lines() const { return lines_; }
  double height() const;
  Rgb colour() const { return colour_; }

 private:
  friend class TextEngine;

  std::vector<GObjectPtr<PangoLayout>> layouts_;
  std::vector<Line> lines_;
  Rgb colour_;
};

class FlatText;
struct ByteRange {
  std::size_t start = 0;
  std::size_t end = 0;
};

class TextEngine {
 public:
  // kUnsupported when no font is installed. `language`: BCP 47, chooses among fonts and line breaking rules.
  static base::Result<TextEngine> make(const std::string& language);

  // Set in lines of `width` points; a word that is longer is broken anywhere. At least one line. Takes time linear in
  // the length of the text, whatever is in it.
  std::shared_ptr<const TextBlock> set(const Text& text, const TextFormat& format, double width) const;

  // One line of at most `width`, its end replaced by "…" if it is longer.
  std::shared_ptr<const TextBlock> set_line(const std::string& text, const TextFormat& format, double width) const;

  // The width of the text on one line; of its start, if that is very long.
  double width_of(const std::string& text, const TextFormat& format) const;

 private:
  TextEngine(GObjectPtr<PangoFontMap> fonts, GObjectPtr<PangoContext> context);
  GObjectPtr<PangoLayout> layout_of(const FlatText& text, ByteRange range, const TextFormat& format) const;

  GObjectPtr<PangoFontMap> fonts_;
  GObjectPtr<PangoContext> context_;
};

}  // namespace tollgate::charter
