// What the page layout moves about: slices. A slice is a strip of the page's full width that is never split: a line of
// text, a table's row. Blocks become slices (pdf_blocks.hpp), the paginator puts slices on pages (pdf_paginator.hpp),
// the painter draws pages (pdf_painter.hpp). Plain data, no drawing library.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "charter/palette.hpp"

namespace tollgate::charter {

class TextBlock;

struct Box {
  double x = 0;  // from the page's left edge
  double y = 0;  // from the slice's top, or on a Page from the page's
  double width = 0;
  double height = 0;
};

struct Fill {
  Box box;
  Rgb colour;
};

// One line of a text that was laid out as a whole; its lines may end on several pages, so they share it.
struct TextLine {
  std::shared_ptr<const TextBlock> block;
  std::size_t line = 0;
  double x = 0;
  double y = 0;  // the line's top
};

// A place that bookmarks and links lead to.
struct Landmark {
  int level = 0;  // depth in the outline, from 1
  std::string title;
  std::string anchor;  // empty when nothing links here
  double y = 0;
};

using Mark = std::variant<Fill, TextLine, Landmark>;

inline void move_down(Mark& mark, double offset) {
  const auto move = [&]<typename Kind>(Kind& item) {
    if constexpr (std::is_same_v<Kind, Fill>) {
      item.box.y += offset;
    } else {
      item.y += offset;
    }
  };
  std::visit(move, mark);
}

enum class Keep { kFree, kWithNext };

struct Slice {
  double height = 0;
  double space_before = 0;  // not at the top of a page
  Keep keep = Keep::kFree;
  std::vector<Mark> marks{};
  std::shared_ptr<const Slice> header{};  // repeated when this slice starts a page; shared by the rows of a table
};

struct Page {
  std::vector<Mark> marks;
};

}  // namespace tollgate::charter
