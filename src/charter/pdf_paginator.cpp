#include "charter/pdf_paginator.hpp"

#include <utility>

namespace tollgate::charter {
namespace {

constexpr double kTolerance = 0.01;            // sums of line heights are not exact
constexpr std::size_t kMaxChainSlices = 1000;  // no page holds more lines

}  // namespace

Paginator::Paginator(double top, double height, int max_pages, Sink sink)
    : top_(top), height_(height), max_pages_(max_pages), sink_(std::move(sink)) {}

void Paginator::add(Slice slice) {
  if (is_full()) return;
  const bool ends_chain = slice.keep == Keep::kFree || chain_.size() >= kMaxChainSlices;
  chain_.push_back(std::move(slice));
  if (ends_chain) place_chain();
}

void Paginator::break_page() {
  place_chain();
  if (!at_top()) emit();
}

void Paginator::finish() {
  place_chain();
  if (!is_full() && (!at_top() || pages_ == 0)) emit();
}

bool Paginator::fits(double height) const {
  return y_ + height <= height_ + kTolerance;
}

double Paginator::chain_height() const {
  double height = 0;
  for (const auto& slice : chain_) {
    const bool first_on_page = at_top() && &slice == &chain_.front();
    height += slice.height + (first_on_page ? 0 : slice.space_before);
  }
  return height;
}

// A chain that does not fit here moves to the next page as a whole, unless it is too long for any.
void Paginator::place_chain() {
  if (!at_top() && !fits(chain_height()) && chain_height() <= height_) emit();
  for (auto& slice : std::exchange(chain_, {})) place(std::move(slice));
}

void Paginator::place(Slice slice) {
  if (!at_top() && !fits(slice.space_before + slice.height)) emit();
  if (is_full()) return;
  if (at_top()) {
    if (slice.header) stamp(*slice.header);
  } else {
    y_ += slice.space_before;
  }
  stamp(slice);
}

void Paginator::stamp(const Slice& slice) {
  for (Mark mark : slice.marks) {
    move_down(mark, top_ + y_);
    page_.marks.push_back(std::move(mark));
  }
  y_ += slice.height;
}

void Paginator::emit() {
  if (is_full()) return;
  ++pages_;
  sink_(std::exchange(page_, {}));
  y_ = 0;
}

}  // namespace tollgate::charter
