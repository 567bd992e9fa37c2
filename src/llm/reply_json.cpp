#include "llm/reply_json.hpp"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace tollgate::llm {
namespace {

constexpr int kMaxAttempts = 64;

// The size of the bracketed text that begins `text`, strings respected; nullopt when a bracket is missing or wrong.
std::optional<std::size_t> bracketed_size(std::string_view text) {
  std::string open;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') open += c;
    if (c == '}' || c == ']') {
      if (open.back() != (c == '}' ? '{' : '[')) return std::nullopt;
      open.pop_back();
      if (open.empty()) return i + 1;
    }
  }
  return std::nullopt;
}

}  // namespace

base::Result<base::Value> extract_json(std::string_view reply) {
  if (reply.size() > kMaxReplyBytes) {
    return base::fail(base::ErrorCode::kTooLarge,
                      fmt::format("the model's reply has more than {} bytes", kMaxReplyBytes));
  }
  auto whole = base::parse_json(base::trim(reply));
  if (whole) return whole;

  std::optional<base::Value> best;
  std::size_t best_size = 0;
  std::size_t start = reply.find_first_of("{[");
  for (int attempt = 0; start != std::string_view::npos && attempt < kMaxAttempts; ++attempt) {
    std::size_t next = start + 1;
    const auto size = bracketed_size(reply.substr(start));
    if (size && *size > best_size) {
      if (auto value = base::parse_json(reply.substr(start, *size))) {
        best = *std::move(value);
        best_size = *size;
        next = start + *size;
      }
    }
    start = reply.find_first_of("{[", next);
  }
  if (best) return *std::move(best);
  return base::fail(base::ErrorCode::kBadReply,
                    fmt::format("the model's reply of {} bytes holds no JSON value", reply.size()),
                    whole.error().message);
}

}  // namespace tollgate::llm
