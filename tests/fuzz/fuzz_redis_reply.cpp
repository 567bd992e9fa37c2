// Redis replies on arbitrary bytes: bounded, the same wherever the input is cut; and entries, which any value may claim
// to be.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cache/redis_entry.hpp"
#include "cache/redis_wire.hpp"

namespace {

namespace cache = tollgate::cache;

constexpr cache::RedisReplyLimits kLimits{.max_bytes = 512, .max_elements = 16};  // small, so that inputs reach them

// What was read, as text; an error ends it.
class Recorder {
 public:
  void feed(std::string_view input) {
    if (failed_) return;
    reader_.feed(input);
    for (;;) {
      const auto reply = reader_.next();
      if (!reply) {
        failed_ = true;
        return;
      }
      if (!*reply) return;
      std::size_t elements = 0;
      write(**reply, elements);
      if (elements > kLimits.max_elements) std::abort();
    }
  }
  const std::string& text() const { return text_; }

 private:
  void write(const cache::RedisReply& reply, std::size_t& elements) {
    text_ +=
        std::to_string(static_cast<int>(reply.kind)) + ':' + std::to_string(reply.integer) + ':' + reply.text + '[';
    for (const auto& element : reply.elements) write(element, ++elements);
    text_ += ']';
  }

  cache::RedisReplyReader reader_{kLimits};
  std::string text_;
  bool failed_ = false;
};

cache::RedisEntry entry_of(std::string_view bytes, std::uint64_t generation) {
  cache::RedisEntry entry;
  entry.bytes = bytes;
  entry.tags = {{"tenant:fuzz", generation}};
  return entry;
}

}  // namespace

// The first byte decides where the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  Recorder whole;
  whole.feed(input);
  if (input.size() <= kLimits.max_bytes) {  // else it depends on the pieces when the bound is noticed
    Recorder pieces;
    const std::size_t step = 1 + data[0] % 16;
    for (std::size_t at = 0; at < input.size(); at += step) pieces.feed(input.substr(at, step));
    if (whole.text() != pieces.text()) std::abort();
  }

  const auto digest = tollgate::base::Sha256::of("key");
  (void)cache::read_entry(digest, std::string(input));
  const auto written = cache::write_entry(digest, entry_of(input, data[0]));
  const auto entry = cache::read_entry(digest, written);
  if (!entry || entry->bytes != input) std::abort();
  return 0;
}
