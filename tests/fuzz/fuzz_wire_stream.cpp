// Streams of providers on arbitrary bytes, for clients of both formats: the same frames wherever the input is cut, an
// end only after the message's, and what is sent is itself a stream that can be read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "llm/gateway/wire_replay.hpp"
#include "llm/gateway/wire_reply.hpp"

namespace {

namespace llm = tollgate::llm;
using Format = llm::WireFormat;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  std::string heard;
  bool complete = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(Format provider, Format client, std::string_view input, std::size_t step) {
  const auto reader = llm::make_wire_stream(provider, {client, "{}", true});
  Outcome outcome;
  const llm::TextSink listen = [&](std::string_view frame) {
    require(!frame.empty());
    outcome.heard += frame;
  };
  for (std::size_t at = 0; at < input.size(); at += step) {
    if (!reader->feed(input.substr(at, step), listen)) return outcome;
  }
  const auto reply = reader->finish(listen);
  outcome.complete = reply.has_value();
  if (reply) require(reply->text == outcome.heard);
  return outcome;
}

void check(Format provider, Format client, std::string_view input, std::size_t step) {
  const auto whole = run(provider, client, input, input.size() + 1);
  require(whole == run(provider, client, input, step));
  if (!whole.complete) return;
  require(run(client, client, whole.heard, whole.heard.size()).complete);
  if (const auto body = llm::to_whole(client, whole.heard)) {
    (void)llm::read_wire_reply(client, client, *body);
    (void)llm::read_wire_reply(client, provider, *body);
    (void)llm::to_stream(client, *body, true);
  }
}

}  // namespace

// The first byte decides where the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = 1 + data[0] % 32;
  for (const auto provider : {Format::kOpenAi, Format::kAnthropic}) {
    for (const auto client : {Format::kOpenAi, Format::kAnthropic}) check(provider, client, input, step);
  }
  return 0;
}
