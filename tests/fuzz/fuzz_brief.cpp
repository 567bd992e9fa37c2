// Any text read as a brief for the built-in vendor review either is refused with reasons, or gives answers that are
// canonical: stored and read back they are the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.hpp"
#include "protocol/answer_parser.hpp"
#include "protocol/builtin.hpp"
#include "session/brief.hpp"

namespace {

using tollgate::base::Value;

void require(bool holds) {
  if (!holds) std::abort();
}

tollgate::base::Result<Value> no_file(const std::string&) {
  return tollgate::base::fail(tollgate::base::ErrorCode::kNotFound, "no file");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tollgate;
  static const auto kProtocol = protocol::compile_named("vendor-security-review").protocol;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto root = protocol::parse_yaml(text, "brief.yaml", session::kMaxBriefBytes);
  if (!root) return 0;
  static_cast<void>(session::brief_protocol(*root));
  const auto brief = session::read_brief(*root, *kProtocol, no_file);
  if (!brief) {
    require(!brief.error().empty());
    return 0;
  }
  for (const auto& [name, values] : brief->answers) {
    const auto* question = kProtocol->find_question(name);
    require(question != nullptr && !values.empty());
    for (const auto& value : values) {
      const auto stored = base::parse_json(base::to_json(value));
      require(stored.has_value());
      const auto again = protocol::read_stored_answer(*question, *stored);
      require(again.has_value() && *again == value);
    }
  }
  return 0;
}
