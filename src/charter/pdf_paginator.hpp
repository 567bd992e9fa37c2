// Puts slices on pages: keeps chains of Keep::kWithNext together while they fit on one page, drops space at a page's
// top, repeats table headers. Finished pages go to the sink at once, so memory holds one page and one chain.
#pragma once

#include <functional>
#include <vector>

#include "charter/pdf_slice.hpp"

namespace tollgate::charter {

class Paginator {
 public:
  // Called once a page, in order. It must not call back into the paginator.
  using Sink = std::function<void(Page)>;

  // `height`: of the body, in points, below `top`. After `max_pages` pages is_full() and further slices are dropped.
  Paginator(double top, double height, int max_pages, Sink sink);

  void add(Slice slice);
  void break_page();  // nothing at the top of a page
  void finish();      // emits the last page; at least one page in all
  bool is_full() const { return pages_ >= max_pages_; }
  int pages() const { return pages_; }

 private:
  void place_chain();
  void place(Slice slice);
  void stamp(const Slice& slice);
  void emit();
  double chain_height() const;
  bool fits(double height) const;
  bool at_top() const { return y_ == 0; }

  const double top_;
  const double height_;
  const int max_pages_;
  const Sink sink_;

  std::vector<Slice> chain_;
  Page page_;
  double y_ = 0;  // used height of the page
  int pages_ = 0;
};

}  // namespace tollgate::charter
