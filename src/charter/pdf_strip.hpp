// Building slices out of set text: one slice a line, then padding, backgrounds and rules around them.
#pragma once

#include <memory>
#include <vector>

#include "charter/pdf_slice.hpp"

namespace tollgate::charter {

using Strip = std::vector<Slice>;

// One slice for each line, the block's left edge at `x`. Neither the first nor the last line is left alone on a page.
Strip lines_of(const std::shared_ptr<const TextBlock>& block, double x);

void append(Strip& strip, Strip more);
void space_before(Strip& strip, double space);
void pad_top(Strip& strip, double height);  // inside backgrounds that are drawn later
void pad_bottom(Strip& strip, double height);
void fill(Strip& strip, double x, double width, Rgb colour);  // behind what is there, over the full height
void keep_together(Strip& strip);
void keep_with_next(Strip& strip);

}  // namespace tollgate::charter
