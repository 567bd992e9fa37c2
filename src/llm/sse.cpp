#include "llm/sse.hpp"

#include <utility>

#include <fmt/format.h>

namespace tollgate::llm {

base::Status SseParser::feed(std::string_view input, const SseSink& on_event) {
  if (failure_) return base::fail(*failure_);
  auto status = feed_until_error(input, on_event);
  if (!status) failure_ = status.error();
  return status;
}

base::Status SseParser::feed_until_error(std::string_view input, const SseSink& on_event) {
  while (!input.empty()) {
    if (std::exchange(after_cr_, false) && input.front() == '\n') {
      input.remove_prefix(1);
      continue;
    }
    const auto end = input.find_first_of("\r\n");
    TRY_STATUS(append(input.substr(0, end)));
    if (end == std::string_view::npos) break;
    after_cr_ = input[end] == '\r';
    input.remove_prefix(end + 1);
    TRY_STATUS(end_line(on_event));
  }
  return {};
}

base::Status SseParser::append(std::string_view part) {
  if (line_.size() + part.size() > limits_.max_line_bytes) {
    return base::fail(base::ErrorCode::kTooLarge,
                      fmt::format("the event stream has a line of more than {} bytes", limits_.max_line_bytes));
  }
  line_.append(part);
  return {};
}

base::Status SseParser::end_line(const SseSink& on_event) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const std::string line = std::exchange(line_, {});
  std::string_view text = line;
  if (std::exchange(first_line_, false) && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.empty()) return dispatch(on_event);
  if (text.front() == ':') return {};  // a comment, often sent to keep the connection alive
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return take_field(text, {});
  std::string_view value = text.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  return take_field(text.substr(0, colon), value);
}

base::Status SseParser::take_field(std::string_view field, std::string_view value) {
  if (field == "event") {
    event_ = value;
  } else if (field == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value;
  } else if (field == "data") {
    if (data_.size() + value.size() + 1 > limits_.max_event_bytes) {
      return base::fail(base::ErrorCode::kTooLarge,
                        fmt::format("the event stream has an event of more than {} bytes", limits_.max_event_bytes));
    }
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
  }
  return {};
}

base::Status SseParser::dispatch(const SseSink& on_event) {
  SseEvent event{std::exchange(event_, {}), std::exchange(data_, {}), id_};
  if (!std::exchange(has_data_, false)) return {};
  if (event.event.empty()) event.event = "message";
  return on_event(event);
}

}  // namespace tollgate::llm
