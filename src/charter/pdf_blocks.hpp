// Typesets blocks one after another: turns each into slices and hands them to the paginator. Decides what a heading,
// a callout or a signature line looks like; where pages end is the paginator's business.
#pragma once

#include "charter/document.hpp"
#include "charter/pdf_paginator.hpp"
#include "charter/pdf_strip.hpp"
#include "charter/pdf_text.hpp"

namespace tollgate::charter {

class BlockTypesetter {
 public:
  // All must outlive the typesetter. `document` is normalized.
  BlockTypesetter(const Document& document, const TextEngine& engine, Paginator& pages);

  void typeset();  // title and all blocks; stops early when the paginator is full

  void operator()(const Heading& heading);
  void operator()(const Paragraph& paragraph);
  void operator()(const Bullets& bullets);
  void operator()(const Quote& quote);
  void operator()(const Callout& callout);
  void operator()(const Table& table);
  void operator()(const Facts& facts);
  void operator()(const Signatures& signatures);
  void operator()(PageBreak);

 private:
  void title();
  void add(Strip strip, double space);
  void add_signature(const std::string& role);

  const Document& document_;
  const TextEngine& engine_;
  Paginator& pages_;
};

}  // namespace tollgate::charter
