#include "charter/pdf_text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.hpp"

namespace tollgate::charter {
namespace {

// Liberation Sans where it is installed; DejaVu Sans is on every Debian that has Pango.
constexpr const char* kFamilies = "Liberation Sans,DejaVu Sans,sans-serif";
constexpr const char* kCodeFamilies = "Liberation Mono,DejaVu Sans Mono,monospace";

constexpr std::size_t kMaxPieceBytes = 2000;
constexpr std::size_t kMaxLineBytes = 400;  // more never fits on one line

double points(int pango_units) {
  return static_cast<double>(pango_units) / PANGO_SCALE;
}
int pango_units(double points) {
  return static_cast<int>(points * PANGO_SCALE);
}

struct FontFree {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
using FontPtr = std::unique_ptr<PangoFontDescription, FontFree>;

FontPtr font_of(const TextFormat& format) {
  FontPtr font(pango_font_description_new());
  pango_font_description_set_family_static(font.get(), kFamilies);
  // Absolute: in points of the page, whatever resolution a font map assumes.
  pango_font_description_set_absolute_size(font.get(), format.size * PANGO_SCALE);
  if (format.weight == Weight::kBold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
  if (format.slant == Slant::kItalic) pango_font_description_set_style(font.get(), PANGO_STYLE_ITALIC);
  return font;
}

PangoAlignment alignment_of(Align align) {
  switch (align) {
    case Align::kLeft: return PANGO_ALIGN_LEFT;
    case Align::kRight: return PANGO_ALIGN_RIGHT;
    case Align::kCentre: break;
  }
  return PANGO_ALIGN_CENTER;
}

guint16 channel(std::uint8_t value) {
  return static_cast<guint16>(value * 0x101);
}

// Attributes for the bytes from `start` to `end` of a layout's text.
class SpanAttributes {
 public:
  SpanAttributes(PangoAttrList* list, std::size_t start, std::size_t end)
      : list_(list), start_(static_cast<guint>(start)), end_(static_cast<guint>(end)) {}

  void style(Style style) const {
    switch (style) {
      case Style::kPlain: break;
      case Style::kStrong: add(pango_attr_weight_new(PANGO_WEIGHT_BOLD)); break;
      case Style::kEmphasis: add(pango_attr_style_new(PANGO_STYLE_ITALIC)); break;
      case Style::kCode:
        add(pango_attr_family_new(kCodeFamilies));
        add(pango_attr_scale_new(0.94));  // monospaced letters look larger beside the others
        break;
    }
  }
  void link() const {
    add(pango_attr_foreground_new(channel(kAccent.red), channel(kAccent.green), channel(kAccent.blue)));
    add(pango_attr_underline_new(PANGO_UNDERLINE_SINGLE));
  }

 private:
  void add(PangoAttribute* attribute) const {
    attribute->start_index = start_;
    attribute->end_index = end_;
    pango_attr_list_insert(list_, attribute);
  }

  PangoAttrList* list_;
  guint start_;
  guint end_;
};

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

// A Text as one string, and where its spans are in it.
class FlatText {
 public:
  explicit FlatText(const Text& text) {
    for (const auto& span : text) {
      spans_.push_back({{bytes_.size(), bytes_.size() + span.text.size()}, &span});
      bytes_ += span.text;
    }
  }

  std::size_t size() const { return bytes_.size(); }

  // At most `max_bytes` from `start` on, in whole characters.
  ByteRange piece(std::size_t start, std::size_t max_bytes) const {
    std::size_t end = std::min(start + max_bytes, size());
    while (end < size() && is_continuation(bytes_[end])) --end;
    return {start, end};
  }

  void give_to(PangoLayout* layout, ByteRange range) const {
    const std::unique_ptr<PangoAttrList, void (*)(PangoAttrList*)> attributes(pango_attr_list_new(),
                                                                              pango_attr_list_unref);
    for_each_span(range, [&](const Span& span, ByteRange part) {
      const SpanAttributes of_span(attributes.get(), part.start - range.start, part.end - range.start);
      of_span.style(span.style);
      if (!span.link.empty()) of_span.link();
    });
    // A hyphen at the break of a long identifier would be read as part of it.
    pango_attr_list_insert(attributes.get(), pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_text(layout, bytes_.data() + range.start, static_cast<int>(range.end - range.start));
    pango_layout_set_attributes(layout, attributes.get());
  }

  // Calls visit(span, part) for each span that has a part in `range`.
  template <typename Visit>
  void for_each_span(ByteRange range, Visit visit) const {
    const auto ends_before = [&](const auto& entry) { return entry.first.end <= range.start; };
    for (auto at = std::ranges::partition_point(spans_, ends_before); at != spans_.end(); ++at) {
      const auto& [bytes, span] = *at;
      if (bytes.start >= range.end) return;
      visit(*span, ByteRange{std::max(bytes.start, range.start), std::min(bytes.end, range.end)});
    }
  }

 private:
  std::string bytes_;
  std::vector<std::pair<ByteRange, const Span*>> spans_;
};

namespace {

// The lines of one layout, whose text starts at byte `start` of `text`.
class LineReader {
 public:
  LineReader(const FlatText& text, std::size_t start, double spacing) : text_(text), start_(start), spacing_(spacing) {}

  std::vector<TextBlock::Line> read(PangoLayout* layout) const {
    std::vector<TextBlock::Line> lines;
    const std::unique_ptr<PangoLayoutIter, void (*)(PangoLayoutIter*)> at(pango_layout_get_iter(layout),
                                                                          pango_layout_iter_free);
    do {
      lines.push_back(line(at.get()));
    } while (pango_layout_iter_next_line(at.get()) != FALSE);
    return lines;
  }

 private:
  TextBlock::Line line(PangoLayoutIter* at) const {
    int top = 0;
    int bottom = 0;
    pango_layout_iter_get_line_yrange(at, &top, &bottom);
    PangoRectangle logical{};
    pango_layout_iter_get_line_extents(at, nullptr, &logical);
    const double natural = points(bottom - top);
    TextBlock::Line line{.glyphs = pango_layout_iter_get_line_readonly(at),
                         .x = points(logical.x),
                         .baseline = points(pango_layout_iter_get_baseline(at) - top) + natural * (spacing_ - 1) / 2,
                         .height = natural * spacing_};
    add_links(line);
    return line;
  }

  void add_links(TextBlock::Line& line) const {
    const std::size_t line_start = start_ + static_cast<std::size_t>(line.glyphs->start_index);
    const ByteRange bytes{line_start, line_start + static_cast<std::size_t>(line.glyphs->length)};
    text_.for_each_span(bytes, [&](const Span& span, ByteRange part) {
      if (span.link.empty()) return;
      int* ranges = nullptr;
      int count = 0;
      pango_layout_line_get_x_ranges(line.glyphs, static_cast<int>(part.start - start_),
                                     static_cast<int>(part.end - start_), &ranges, &count);
      for (int i = 0; i < count; ++i) {
        line.links.push_back({points(ranges[2 * i]), points(ranges[2 * i + 1] - ranges[2 * i]), span.link});
      }
      g_free(ranges);
    });
  }

  const FlatText& text_;
  std::size_t start_;
  double spacing_;
};

}  // namespace

double TextBlock::height() const {
  double height = 0;
  for (const auto& line : lines_) height += line.height;
  return height;
}

base::Result<TextEngine> TextEngine::make(const std::string& language) {
  GObjectPtr<PangoFontMap> fonts(pango_cairo_font_map_new());
  GObjectPtr<PangoContext> context(pango_font_map_create_context(fonts.get()));
  pango_context_set_language(context.get(), pango_language_from_string(language.c_str()));
  // Positions as designed, not rounded to pixels: lines are the same length at every zoom.
  pango_context_set_round_glyph_positions(context.get(), FALSE);
  const std::unique_ptr<cairo_font_options_t, void (*)(cairo_font_options_t*)> options(cairo_font_options_create(),
                                                                                       cairo_font_options_destroy);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context.get(), options.get());
  // Without any font Pango ends the process when it sets the first line.
  const GObjectPtr<PangoFont> font(pango_font_map_load_font(fonts.get(), context.get(), font_of({}).get()));
  if (!font) {
    return base::fail(base::ErrorCode::kUnsupported,
                      "no font is installed to write a PDF with; install the Debian package fonts-dejavu-core, or "
                      "take the HTML form");
  }
  return TextEngine(std::move(fonts), std::move(context));
}

TextEngine::TextEngine(GObjectPtr<PangoFontMap> fonts, GObjectPtr<PangoContext> context)
    : fonts_(std::move(fonts)), context_(std::move(context)) {}

GObjectPtr<PangoLayout> TextEngine::layout_of(const FlatText& text, ByteRange range, const TextFormat& format) const {
  GObjectPtr<PangoLayout> layout(pango_layout_new(context_.get()));
  pango_layout_set_font_description(layout.get(), font_of(format).get());
  pango_layout_set_alignment(layout.get(), alignment_of(format.align));
  text.give_to(layout.get(), range);
  return layout;
}

// Pango takes quadratic time for a text without spaces, so it gets pieces. The last line of a piece is not kept: the
// next piece starts with it, and no reader sees the seam.
std::shared_ptr<const TextBlock> TextEngine::set(const Text& text, const TextFormat& format, double width) const {
  const FlatText flat(text);
  auto block = std::make_shared<TextBlock>(format.colour);
  ByteRange piece;
  do {
    piece = flat.piece(piece.end, kMaxPieceBytes);
    auto layout = layout_of(flat, piece, format);
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout.get(), pango_units(width));
    auto lines = LineReader(flat, piece.start, format.line_spacing).read(layout.get());
    if (piece.end < flat.size() && lines.size() > 1) {
      piece.end = piece.start + static_cast<std::size_t>(lines.back().glyphs->start_index);
      lines.pop_back();
    }
    std::ranges::move(lines, std::back_inserter(block->lines_));
    block->layouts_.push_back(std::move(layout));
  } while (piece.end < flat.size());
  return block;
}

std::shared_ptr<const TextBlock> TextEngine::set_line(const std::string& text, const TextFormat& format,
                                                      double width) const {
  const Text start = plain(base::shortened(text, kMaxLineBytes));
  const FlatText flat(start);
  auto layout = layout_of(flat, {0, flat.size()}, format);
  pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  pango_layout_set_width(layout.get(), pango_units(width));
  auto block = std::make_shared<TextBlock>(format.colour);
  block->lines_ = LineReader(flat, 0, format.line_spacing).read(layout.get());
  block->layouts_.push_back(std::move(layout));
  return block;
}

double TextEngine::width_of(const std::string& text, const TextFormat& format) const {
  const Text start = plain(base::shortened(text, kMaxLineBytes));
  const FlatText flat(start);
  int width = 0;
  pango_layout_get_size(layout_of(flat, {0, flat.size()}, format).get(), &width, nullptr);
  return points(width);
}

}  // namespace tollgate::charter
