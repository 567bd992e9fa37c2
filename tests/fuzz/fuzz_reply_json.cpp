// Finding JSON in arbitrary text: never fails hard, and what it finds is a value whose canonical text reads back equal.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.hpp"
#include "llm/reply_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto found = tollgate::llm::extract_json(text);
  if (!found) return 0;
  const auto again = tollgate::llm::extract_json(tollgate::base::to_json(*found));
  if (!again || *again != *found) std::abort();
  return 0;
}
