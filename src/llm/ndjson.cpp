#include "llm/ndjson.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::llm {

base::Status NdjsonSplitter::feed(std::string_view input, const LineSink& on_line) {
  while (!input.empty()) {
    const auto end = input.find('\n');
    const auto part = input.substr(0, end);
    if (line_.size() + part.size() > max_line_bytes_) {
      return base::fail(base::ErrorCode::kTooLarge,
                        fmt::format("the reply has a line of more than {} bytes", max_line_bytes_));
    }
    line_.append(part);
    if (end == std::string_view::npos) break;
    input.remove_prefix(end + 1);
    TRY_STATUS(end_line(on_line));
  }
  return {};
}

base::Status NdjsonSplitter::finish(const LineSink& on_line) {
  return end_line(on_line);
}

base::Status NdjsonSplitter::end_line(const LineSink& on_line) {
  const std::string line = std::exchange(line_, {});
  const auto text = base::trim(line);
  return text.empty() ? base::Status{} : on_line(text);
}

}  // namespace tollgate::llm
