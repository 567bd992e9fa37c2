// Splits newline-delimited JSON into lines, from pieces of any size. Empty lines are skipped, a CR before the LF is
// dropped. Bounded: a line of more than `max_line_bytes` is kTooLarge.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tollgate::llm {

using LineSink = std::function<base::Status(std::string_view line)>;

class NdjsonSplitter {
 public:
  explicit NdjsonSplitter(std::size_t max_line_bytes = 4U << 20) : max_line_bytes_(max_line_bytes) {}

  base::Status feed(std::string_view input, const LineSink& on_line);
  base::Status finish(const LineSink& on_line);  // the last line may lack its LF

 private:
  base::Status end_line(const LineSink& on_line);

  const std::size_t max_line_bytes_;
  std::string line_;
};

}  // namespace tollgate::llm
