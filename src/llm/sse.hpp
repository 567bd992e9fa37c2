// Reads a stream of server-sent events (WHATWG HTML §9.2.6) from pieces of any size.
//
// Pure and incremental: the events do not depend on where the input is cut. Lines end with LF, CR or CRLF, one byte
// order mark at the start is dropped, comments and `retry` are skipped, and an event that the end of the stream cuts
// off is none. Bounded: after kTooLarge the parser refuses all further input with the same error.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tollgate::llm {

struct SseEvent {
  std::string event{};  // "message" unless the stream names it
  std::string data{};   // lines joined by LF
  std::string id{};     // the last one seen

  friend bool operator==(const SseEvent&, const SseEvent&) = default;
};

struct SseLimits {
  std::size_t max_line_bytes = 1U << 20;
  std::size_t max_event_bytes = 4U << 20;  // all data lines of one event together
};

// An error it returns ends the parsing and is returned by feed().
using SseSink = std::function<base::Status(const SseEvent& event)>;

class SseParser {
 public:
  explicit SseParser(SseLimits limits = {}) : limits_(limits) {}

  base::Status feed(std::string_view input, const SseSink& on_event);

 private:
  base::Status append(std::string_view part);
  base::Status end_line(const SseSink& on_event);
  base::Status dispatch(const SseSink& on_event);
  base::Status take_field(std::string_view field, std::string_view value);
  base::Status feed_until_error(std::string_view input, const SseSink& on_event);

  const SseLimits limits_;
  std::optional<base::Error> failure_;
  std::string line_;
  bool first_line_ = true;
  bool after_cr_ = false;  // an LF that comes next belongs to the line that is already over
  std::string event_;
  std::string data_;
  bool has_data_ = false;
  std::string id_;
};

}  // namespace tollgate::llm
