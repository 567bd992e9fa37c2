// Draws finished pages into a PDF file in memory, by Cairo: text, fills, links, bookmarks, and the footer with page
// number. One painter makes one file, on one thread. The document and the engine must outlive it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cairo.h>

#include "base/result.hpp"
#include "charter/pdf_slice.hpp"
#include "charter/pdf_text.hpp"

namespace tollgate::charter {

// A date in RFC 3339 as Cairo reads one: without fractions of a second. nullopt for anything else.
std::optional<std::string> pdf_date(std::string_view rfc3339);

class PdfPainter {
 public:
  PdfPainter(const Document& document, const TextEngine& engine, int total_pages);
  PdfPainter(const PdfPainter&) = delete;
  PdfPainter& operator=(const PdfPainter&) = delete;

  void paint(const Page& page);
  base::Result<std::string> finish();  // the file; nothing can be painted afterwards

 private:
  struct Destroy {
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  };
  struct OutlineParent {
    int level = 0;
    int id = 0;
  };

  void set_metadata();
  void draw(const Fill& fill);
  void draw(const TextLine& text);
  void draw(const Landmark& landmark);
  void draw_footer();
  void colour(Rgb colour);

  const Document& document_;
  const TextEngine& engine_;
  const int total_pages_;
  int page_ = 0;
  std::vector<OutlineParent> outline_;  // the way from the root to the last entry
  std::string bytes_;                   // the surface writes here until it is destroyed
  std::unique_ptr<cairo_surface_t, Destroy> surface_;
  std::unique_ptr<cairo_t, Destroy> cairo_;
};

}  // namespace tollgate::charter
