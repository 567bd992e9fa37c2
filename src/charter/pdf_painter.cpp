#include "charter/pdf_painter.hpp"

#include <exception>
#include <utility>

#include <cairo-pdf.h>
#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::charter {
namespace {

constexpr std::size_t kMaxBookmarkBytes = 200;

// Cairo is C: no exception may pass through it.
cairo_status_t append_bytes(void* out, const unsigned char* data, unsigned length) {
  try {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
  } catch (const std::exception&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !is_digit : text[i] != shape[i]) return false;
  }
  return true;
}

double width_of(const TextBlock& line) {
  PangoRectangle logical{};
  pango_layout_line_get_extents(line.lines().front().glyphs, nullptr, &logical);
  return static_cast<double>(logical.width) / PANGO_SCALE;
}

}  // namespace

std::optional<std::string> pdf_date(std::string_view rfc3339) {
  constexpr std::string_view kSeconds = "0000-00-00T00:00:00";
  if (!has_shape(rfc3339.substr(0, kSeconds.size()), kSeconds)) return std::nullopt;
  std::string_view zone = rfc3339.substr(kSeconds.size());
  if (zone.starts_with('.')) {
    const auto end = zone.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos) return std::nullopt;
    zone.remove_prefix(end);
  }
  if (zone != "Z" && !has_shape(zone, "+00:00") && !has_shape(zone, "-00:00")) return std::nullopt;
  return std::string(rfc3339.substr(0, kSeconds.size())) + std::string(zone == "Z" ? "+00:00" : zone);
}

PdfPainter::PdfPainter(const Document& document, const TextEngine& engine, int total_pages)
    : document_(document),
      engine_(engine),
      total_pages_(total_pages),
      surface_(cairo_pdf_surface_create_for_stream(append_bytes, &bytes_, kPageWidth, kPageHeight)),
      cairo_(cairo_create(surface_.get())) {
  set_metadata();
}

void PdfPainter::set_metadata() {
  cairo_surface_t* surface = surface_.get();
  cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4);
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, document_.title.c_str());
  if (!document_.subtitle.empty()) {
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, document_.subtitle.c_str());
  }
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Tollgate");
  // Cairo fills in the present time otherwise, and no two files would be the same.
  const std::string date = pdf_date(document_.date).value_or("1970-01-01T00:00:00+00:00");
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date.c_str());
}

void PdfPainter::paint(const Page& page) {
  ++page_;
  for (const auto& mark : page.marks) {
    if (const auto* background = std::get_if<Fill>(&mark)) draw(*background);
  }
  for (const auto& mark : page.marks) {
    if (const auto* text = std::get_if<TextLine>(&mark)) draw(*text);
    if (const auto* landmark = std::get_if<Landmark>(&mark)) draw(*landmark);
  }
  draw_footer();
  cairo_show_page(cairo_.get());
}

void PdfPainter::colour(Rgb colour) {
  cairo_set_source_rgb(cairo_.get(), colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0);
}

void PdfPainter::draw(const Fill& fill) {
  colour(fill.colour);
  cairo_rectangle(cairo_.get(), fill.box.x, fill.box.y, fill.box.width, fill.box.height);
  cairo_fill(cairo_.get());
}

void PdfPainter::draw(const TextLine& text) {
  const auto& line = text.block->lines().at(text.line);
  colour(text.block->colour());
  cairo_move_to(cairo_.get(), text.x + line.x, text.y + line.baseline);
  pango_cairo_show_layout_line(cairo_.get(), line.glyphs);
  for (const auto& link : line.links) {
    const bool internal = link.target.starts_with('#');
    // Targets are safe URLs and anchors (normalized.hpp): no quote or backslash is in them.
    const std::string attributes =
        fmt::format("rect=[{:.2f} {:.2f} {:.2f} {:.2f}] {}='{}'", text.x + link.x, text.y, link.width, line.height,
                    internal ? "dest" : "uri", internal ? link.target.substr(1) : link.target);
    cairo_tag_begin(cairo_.get(), CAIRO_TAG_LINK, attributes.c_str());
    cairo_tag_end(cairo_.get(), CAIRO_TAG_LINK);
  }
}

void PdfPainter::draw(const Landmark& landmark) {
  while (!outline_.empty() && outline_.back().level >= landmark.level) outline_.pop_back();
  const int parent = outline_.empty() ? CAIRO_PDF_OUTLINE_ROOT : outline_.back().id;
  const std::string place = fmt::format("page={} pos=[{:.2f} {:.2f}]", page_, kLeft, landmark.y);
  const auto flags = landmark.level == 1 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : cairo_pdf_outline_flags_t{};
  const int id = cairo_pdf_surface_add_outline(
      surface_.get(), parent, base::shortened(landmark.title, kMaxBookmarkBytes).c_str(), place.c_str(), flags);
  outline_.push_back({landmark.level, id});
  if (landmark.anchor.empty()) return;
  const std::string name = fmt::format("name='{}' x={:.2f} y={:.2f}", landmark.anchor, kLeft, landmark.y);
  cairo_tag_begin(cairo_.get(), CAIRO_TAG_DEST, name.c_str());
  cairo_tag_end(cairo_.get(), CAIRO_TAG_DEST);
}

void PdfPainter::draw_footer() {
  constexpr double kNumberWidth = 80;
  constexpr double kGap = 7;
  draw(Fill{{kLeft, kFooterRule, kBodyWidth, 0.5}, kRule});
  const TextFormat format{.size = kSmallSize, .colour = kMuted};
  const auto number = engine_.set_line(fmt::format("{} / {}", page_, total_pages_), format, kNumberWidth);
  draw(TextLine{number, 0, kLeft + kBodyWidth - width_of(*number), kFooterRule + kGap});
  if (document_.footer.empty()) return;
  draw(TextLine{engine_.set_line(document_.footer, format, kBodyWidth - kNumberWidth), 0, kLeft, kFooterRule + kGap});
}

base::Result<std::string> PdfPainter::finish() {
  const cairo_status_t drawing = cairo_status(cairo_.get());
  cairo_.reset();
  cairo_surface_finish(surface_.get());
  const cairo_status_t writing = cairo_surface_status(surface_.get());
  const cairo_status_t status = drawing == CAIRO_STATUS_SUCCESS ? writing : drawing;
  if (status == CAIRO_STATUS_SUCCESS) return std::move(bytes_);
  return base::fail(base::ErrorCode::kInternal, "the PDF could not be written; take the HTML form",
                    fmt::format("cairo: {}", cairo_status_to_string(status)));
}

}  // namespace tollgate::charter
