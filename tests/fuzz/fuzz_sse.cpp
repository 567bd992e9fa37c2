// The event stream parser on arbitrary bytes: bounded, and the same result wherever the input is cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "llm/sse.hpp"

namespace {

namespace llm = tollgate::llm;

constexpr llm::SseLimits kLimits{64, 256};  // small, so that inputs of a few hundred bytes reach them

struct Parsed {
  std::vector<llm::SseEvent> events;
  bool failed = false;
  friend bool operator==(const Parsed&, const Parsed&) = default;
};

class Recorder {
 public:
  void feed(std::string_view input) {
    if (parsed_.failed) return;
    const llm::SseSink keep = [this](const llm::SseEvent& event) {
      if (event.data.size() > kLimits.max_event_bytes) std::abort();
      parsed_.events.push_back(event);
      return tollgate::base::Status{};
    };
    parsed_.failed = !parser_.feed(input, keep).has_value();
  }
  const Parsed& parsed() const { return parsed_; }

 private:
  llm::SseParser parser_{kLimits};
  Parsed parsed_;
};

}  // namespace

// The first byte decides where the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  Recorder whole;
  whole.feed(input);

  const std::size_t step = 1 + data[0] % 16;
  Recorder pieces;
  for (std::size_t at = 0; at < input.size(); at += step) pieces.feed(input.substr(at, step));
  if (whole.parsed() != pieces.parsed()) std::abort();

  const std::size_t cut = input.empty() ? 0 : data[0] % input.size();
  Recorder halves;
  halves.feed(input.substr(0, cut));
  halves.feed(input.substr(cut));
  if (whole.parsed() != halves.parsed()) std::abort();
  return 0;
}
