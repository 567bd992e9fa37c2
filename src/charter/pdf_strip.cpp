#include "charter/pdf_strip.hpp"

#include <iterator>
#include <utility>

#include "charter/pdf_text.hpp"

namespace tollgate::charter {
Strip lines_of(const std::shared_ptr<const TextBlock>& block, double x) {
  Strip strip;
  const std::size_t count = block->lines().size();
  for (std::size_t i = 0; i < count; ++i) {
    Slice slice{.height = block->lines()[i].height};
    const bool is_edge = i == 0 || i + 2 == count;
    if (is_edge && i + 1 < count) slice.keep = Keep::kWithNext;
    slice.marks.emplace_back(TextLine{block, i, x, 0});
    strip.push_back(std::move(slice));
  }
  return strip;
}

void append(Strip& strip, Strip more) {
  strip.insert(strip.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

void space_before(Strip& strip, double space) {
  if (!strip.empty()) strip.front().space_before = space;
}

void pad_top(Strip& strip, double height) {
  if (strip.empty()) return;
  strip.front().height += height;
  for (auto& mark : strip.front().marks) move_down(mark, height);
}

void pad_bottom(Strip& strip, double height) {
  if (!strip.empty()) strip.back().height += height;
}

void fill(Strip& strip, double x, double width, Rgb colour) {
  for (auto& slice : strip) slice.marks.emplace_back(Fill{{x, 0, width, slice.height}, colour});
}

void keep_together(Strip& strip) {
  for (std::size_t i = 0; i + 1 < strip.size(); ++i) strip[i].keep = Keep::kWithNext;
}

void keep_with_next(Strip& strip) {
  for (auto& slice : strip) slice.keep = Keep::kWithNext;
}

}  // namespace tollgate::charter
