// Any text either is refused with a place and a reason, or compiles to a protocol whose canonical form compiles to the
// same one again. Run with -max_len=20000 -timeout=10.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/compiler.hpp"
#include "protocol/graph.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tollgate::protocol;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = compile_text(text);
  require((result.protocol == nullptr) == has_errors(result.diagnostics));
  for (const auto& diagnostic : result.diagnostics) require(!diagnostic.message.empty() && diagnostic.line >= 0);
  if (result.protocol == nullptr) return 0;
  static_cast<void>(to_mermaid(*result.protocol));
  static_cast<void>(to_dot(*result.protocol));
  const auto again = compile_canonical(result.protocol->canonical);
  require(again.protocol != nullptr && again.protocol->hash == result.protocol->hash);
  require(again.protocol->questions.size() == result.protocol->questions.size());
  return 0;
}
