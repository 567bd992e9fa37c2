// Requests of gateway clients on arbitrary bytes: what is accepted is passed on with nothing but its model replaced,
// and what is translated is a request of the other format.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "llm/gateway/wire_facts.hpp"
#include "llm/gateway/wire_request.hpp"

namespace {

namespace llm = tollgate::llm;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(llm::WireFormat format, llm::WireFormat other, std::string_view body) {
  const auto facts = llm::read_wire_facts(format, body);
  if (!facts) {
    require(!facts.error().message.empty());
    return;
  }
  const llm::WireRequest request{format, std::string(body), facts->meaning, facts->streamed};

  const auto passed = llm::write_wire_request(request, format, "another \"model\"");
  require(passed.has_value());
  const auto again = llm::read_wire_facts(format, *passed);
  require(again.has_value() && again->model == "another \"model\"");
  require(again->prompt_bytes == facts->prompt_bytes && again->max_tokens == facts->max_tokens);
  require(again->meaning == facts->meaning);
  // With its own name it comes back as it was, but for usage asked for and how the name is escaped.
  const auto back = llm::write_wire_request({format, *passed, {}}, format, facts->model);
  require(back.has_value() && llm::read_wire_facts(format, *back)->model == facts->model);

  const auto translated = llm::write_wire_request(request, other, "m");
  if (!translated) {
    require(translated.error().code == tollgate::base::ErrorCode::kInvalidArgument ||
            translated.error().code == tollgate::base::ErrorCode::kUnsupported);
    return;
  }
  require(tollgate::llm::write_wire_request({other, *translated, {}}, other, "n").has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  check(llm::WireFormat::kOpenAi, llm::WireFormat::kAnthropic, body);
  check(llm::WireFormat::kAnthropic, llm::WireFormat::kOpenAi, body);
  return 0;
}
