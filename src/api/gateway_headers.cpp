#include "api/gateway_headers.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.hpp"
#include "llm/router/reply_selection.hpp"

namespace tollgate::api {
namespace {

using std::chrono::seconds;

std::optional<seconds> read_seconds(std::string_view text) {
  constexpr std::int64_t kMax = 10'000'000'000;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0 || number > kMax) return std::nullopt;
  return seconds(number);
}

std::unexpected<base::Error> refused(std::string_view header, std::string_view wanted) {
  return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("{}: must be {}", header, wanted));
}

base::Status read_directive(std::string_view directive, llm::CacheWish& wish) {
  if (directive == "no-cache") wish.read = false;
  if (directive == "no-store") wish.read = wish.store = false;
  if (directive == "only-if-cached") wish.only = true;
  if (!directive.starts_with("max-age=")) return {};
  wish.max_age = read_seconds(directive.substr(directive.find('=') + 1));
  return wish.max_age ? base::Status{} : refused("cache-control", "max-age=SECONDS");
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

// A model's name is a client's or a provider's word, and must not end the line.
std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

void add(Reply& reply, const char* name, std::string value) {
  reply.headers.emplace_back(name, std::move(value));
}

void add_origin(Reply& reply, const std::string& provider, const std::string& model, const llm::Passage& passage) {
  add(reply, "X-Cache", upper(name(passage.cache)));
  if (!passage.cache_key.empty()) add(reply, "X-Cache-Key", passage.cache_key);
  if (passage.cache == llm::CacheOutcome::kHit) add(reply, "Age", std::to_string(passage.age.count()));
  if (passage.ttl.count() > 0) add(reply, "X-Cache-TTL", std::to_string(passage.ttl.count()));
  add(reply, "X-Router-Provider", provider);
  add(reply, "X-Router-Model", one_line(model));
  add(reply, "X-Router-Attempts", std::to_string(passage.attempts));
}

}  // namespace

base::Result<llm::CacheWish> read_cache_wish(const Request& request) {
  llm::CacheWish wish;
  const auto control = base::lower_ascii(request.header("cache-control"));
  for (const auto directive : base::split(control, ',')) TRY_STATUS(read_directive(base::trim(directive), wish));
  if (const auto ttl = request.header("x-cache-ttl"); !ttl.empty()) {
    wish.ttl = read_seconds(ttl);
    if (!wish.ttl) return refused("x-cache-ttl", "a whole number of seconds");
  }
  wish.space = request.header("x-cache-namespace");
  if (!llm::is_namespace(wish.space))
    return refused("x-cache-namespace", "at most 64 letters, digits, '-', '_' and '.'");
  return wish;
}

void add_passage_headers(Reply& reply, const llm::ChatReply& from) {
  add_origin(reply, from.provider, from.model, from.passage);
  add(reply, "X-Router-Cost-USD", from.passage.cost ? from.passage.cost->to_string() : "unpriced");
}

void add_stream_headers(Reply& reply, const llm::ReplyHead& head) {
  add_origin(reply, head.provider, head.model, head.passage);
  const auto outcome = head.passage.cache;
  const bool is_free = outcome == llm::CacheOutcome::kHit || outcome == llm::CacheOutcome::kCoalesced;
  if (is_free) add(reply, "X-Router-Cost-USD", base::PicoUsd().to_string());
}

}  // namespace tollgate::api
