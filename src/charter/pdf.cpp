#include "charter/pdf.hpp"

#include <utility>

#include <fmt/format.h>

#include "charter/normalized.hpp"
#include "charter/pdf_blocks.hpp"
#include "charter/pdf_paginator.hpp"
#include "charter/pdf_painter.hpp"
#include "charter/pdf_style.hpp"
#include "charter/pdf_text.hpp"

namespace tollgate::charter {
namespace {

// Returns how many pages there are, at most one more than allowed.
int paginate(const Document& document, const TextEngine& engine, Paginator::Sink sink) {
  Paginator pages(kTop, kBodyHeight, kMaxPdfPages + 1, std::move(sink));
  BlockTypesetter(document, engine, pages).typeset();
  pages.finish();
  return pages.pages();
}

}  // namespace

// "n / m" stands on the first page already, so pages are laid out twice: to keep them would cost far more memory than
// the second pass costs time.
base::Result<std::string> to_pdf(const Document& document) {
  const Document clean = normalized(document);
  TRY(const TextEngine engine, TextEngine::make(clean.language));
  const int total = paginate(clean, engine, [](const Page&) {});
  if (total > kMaxPdfPages) {
    return base::fail(
        base::ErrorCode::kTooLarge,
        fmt::format("the document has more than {} pages as PDF; take the HTML or Markdown form", kMaxPdfPages));
  }
  PdfPainter painter(clean, engine, total);
  paginate(clean, engine, [&](const Page& page) { painter.paint(page); });
  return painter.finish();
}

}  // namespace tollgate::charter
