#include "charter/pdf_text.hpp"

#include <algorithm>
#include <utility>

namespace tollgate::charter {
namespace {

// Liberation Sans where it is installed; DejaVu Sans is on every Debian that has Pango.
constexpr const char* kFamilies = "Liberation Sans,DejaVu Sans,sans-serif";
constexpr const char* kCodeFamilies = "Liberation Mono,DejaVu Sans Mono,monospace";

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

void set_text(PangoLayout* layout, const Text& text) {
  std::string all;
  const std::unique_ptr<PangoAttrList, void (*)(PangoAttrList*)> attributes(pango_attr_list_new(),
                                                                            pango_attr_list_unref);
  for (const auto& span : text) {
    const SpanAttributes of_span(attributes.get(), all.size(), all.size() + span.text.size());
    all += span.text;
    of_span.style(span.style);
    if (!span.link.empty()) of_span.link();
  }
  // A hyphen at the break of a long identifier would be read as part of it.
  pango_attr_list_insert(attributes.get(), pango_attr_insert_hyphens_new(FALSE));
  pango_layout_set_text(layout, all.data(), static_cast<int>(all.size()));
  pango_layout_set_attributes(layout, attributes.get());
}

}  // namespace

TextBlock::TextBlock(GObjectPtr<PangoLayout> layout, const Text& text, Rgb colour)
    : layout_(std::move(layout)), colour_(colour) {
  const std::unique_ptr<PangoLayoutIter, void (*)(PangoLayoutIter*)> line(pango_layout_get_iter(layout_.get()),
                                                                          pango_layout_iter_free);
  do {
    int top = 0;
    int bottom = 0;
    pango_layout_iter_get_line_yrange(line.get(), &top, &bottom);
    PangoRectangle logical{};
    pango_layout_iter_get_line_extents(line.get(), nullptr, &logical);
    lines_.push_back({.glyphs = pango_layout_iter_get_line_readonly(line.get()),
                      .x = points(logical.x),
                      .baseline = points(pango_layout_iter_get_baseline(line.get()) - top),
                      .height = points(bottom - top)});
  } while (pango_layout_iter_next_line(line.get()) != FALSE);
  add_links(text);
}

double TextBlock::height() const {
  double height = 0;
  for (const auto& line : lines_) height += line.height;
  return height;
}

void TextBlock::add_links(const Text& text) {
  int start = 0;
  for (const auto& span : text) {
    const int end = start + static_cast<int>(span.text.size());
    for (auto& line : lines_) {
      if (span.link.empty()) break;
      const int line_start = line.glyphs->start_index;
      const int from = std::max(start, line_start);
      const int to = std::min(end, line_start + line.glyphs->length);
      if (from >= to) continue;
      int* ranges = nullptr;
      int count = 0;
      pango_layout_line_get_x_ranges(line.glyphs, from, to, &ranges, &count);
      for (int i = 0; i < count; ++i) {
        line.links.push_back({points(ranges[2 * i]), points(ranges[2 * i + 1] - ranges[2 * i]), span.link});
      }
      g_free(ranges);
    }
    start = end;
  }
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

GObjectPtr<PangoLayout> TextEngine::layout_of(const Text& text, const TextFormat& format) const {
  GObjectPtr<PangoLayout> layout(pango_layout_new(context_.get()));
  pango_layout_set_font_description(layout.get(), font_of(format).get());
  pango_layout_set_line_spacing(layout.get(), static_cast<float>(format.line_spacing));
  pango_layout_set_alignment(layout.get(), alignment_of(format.align));
  set_text(layout.get(), text);
  return layout;
}

std::shared_ptr<const TextBlock> TextEngine::set(const Text& text, const TextFormat& format, double width) const {
  auto layout = layout_of(text, format);
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width(layout.get(), pango_units(width));
  return std::make_shared<const TextBlock>(std::move(layout), text, format.colour);
}

std::shared_ptr<const TextBlock> TextEngine::set_line(const std::string& text, const TextFormat& format,
                                                      double width) const {
  auto layout = layout_of(plain(text), format);
  pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  pango_layout_set_width(layout.get(), pango_units(width));
  return std::make_shared<const TextBlock>(std::move(layout), plain(text), format.colour);
}

double TextEngine::width_of(const std::string& text, const TextFormat& format) const {
  int width = 0;
  pango_layout_get_size(layout_of(plain(text), format).get(), &width, nullptr);
  return points(width);
}

}  // namespace tollgate::charter
