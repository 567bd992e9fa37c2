// One walk over every run of text in a document, for passes that do not care which block it stands in.
#pragma once

#include <concepts>
#include <type_traits>
#include <variant>

#include "charter/document.hpp"

namespace tollgate::charter {

// Calls visit(text) for each Text in `document`, in reading order.
template <typename Doc, typename Visit>
  requires std::same_as<std::remove_const_t<Doc>, Document>
void for_each_text(Doc& document, Visit visit) {
  const auto in_block = [&]<typename B>(B& block) {
    using Kind = std::remove_const_t<B>;
    if constexpr (std::same_as<Kind, Paragraph>) {
      visit(block.text);
    } else if constexpr (std::same_as<Kind, Bullets>) {
      for (auto& item : block.items) visit(item);
    } else if constexpr (std::same_as<Kind, Callout>) {
      for (auto& paragraph : block.paragraphs) visit(paragraph);
    } else if constexpr (std::same_as<Kind, Table>) {
      for (auto& row : block.rows) {
        for (auto& cell : row) visit(cell.text);
      }
    } else if constexpr (std::same_as<Kind, Facts>) {
      for (auto& [name, value] : block.items) visit(value);
    }
  };
  for (auto& block : document.blocks) std::visit(in_block, block);
}

}  // namespace tollgate::charter
