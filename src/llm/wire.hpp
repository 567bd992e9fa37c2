// What the wire formats of all providers share. Pure: bytes in, values out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/result.hpp"
#include "base/value.hpp"
#include "llm/chat.hpp"
#include "llm/provider.hpp"

namespace tollgate::llm {

enum class Delivery { kWhole, kStreamed };

// Reads one streamed reply. feed() may be given any pieces; finish() is called once, after the last one. The sink may
// be empty.
class StreamReader {
 public:
  virtual ~StreamReader() = default;
  virtual base::Status feed(std::string_view input, const TextSink& on_text) = 0;
  // What is still due goes to `on_text`. kBadReply when the reply was cut off.
  virtual base::Result<ChatReply> finish(const TextSink& on_text) = 0;
};

// An error as a provider reports it, in a reply of its own or inside a stream.
struct ProviderFailure {
  std::string_view provider;  // "openai"
  std::string_view setting;   // the setting that holds its key or address
  int status = 0;             // HTTP; 200 when it came inside a stream
  std::string type{};         // "rate_limit_error"
  std::string code{};         // "context_length_exceeded"
  std::string message{};      // the provider's words: go to the log only
};

base::Error to_error(const ProviderFailure& failure);

// What to_error() wrote into the error's detail; nullopt for every other error.
struct ReportedFailure {
  int status = 0;
  std::string_view words;  // the provider's, maybe shortened; empty when it said nothing
};
std::optional<ReportedFailure> reported_failure(const base::Error& error);

std::unexpected<base::Error> bad_reply(std::string_view provider, std::string_view complaint, std::string detail = {});

// kBadReply unless `body` is one JSON object.
base::Result<base::Value> parse_object(std::string_view provider, std::string_view body);

std::int64_t count_of(const base::Value& usage, std::string_view key);  // 0 when absent or negative

base::Value number(double value);  // in its shortest decimal form

// `base` with `path` (which begins with its version, "/v1/…") added; the version once when `base` ends with it.
std::string join_url(std::string_view base, std::string_view path);

}  // namespace tollgate::llm
