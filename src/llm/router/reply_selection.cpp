#include "llm/router/reply_selection.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "llm/router/cache_key.hpp"

namespace tollgate::llm {

base::Result<ReplySelection> reply_of_key(std::string_view key) {
  TRY_STATUS(cache::check_digest(key));
  return ReplySelection{key_tag(key), std::string(key)};
}

ReplySelection replies_of_account(std::string_view account) {
  return {account_tag(account)};
}

base::Result<ReplySelection> replies_of_namespace(std::string_view account, std::string_view space) {
  if (space.empty() || !is_namespace(space)) {
    return base::fail(base::ErrorCode::kInvalidArgument, "a namespace has 1 to 64 letters, digits, '-', '_' and '.'");
  }
  return ReplySelection{namespace_tag(account, space)};
}

ReplySelection replies_of_model(const Target& model) {
  return {model_tag(model)};
}

ReplySelection replies_of_session(std::string_view id) {
  return {session_tag(id)};
}

bool is_namespace(std::string_view text) {
  constexpr std::size_t kMaxBytes = 64;
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  };
  return text.size() <= kMaxBytes && std::ranges::all_of(text, allowed);
}

// The entry first: what is made of it meanwhile bears the tag.
boost::asio::awaitable<base::Status> forget(cache::ByteCache& cache, ReplySelection selection) {
  if (!selection.digest.empty()) CO_TRY_STATUS(co_await cache.remove(selection.digest));
  co_return co_await cache.purge(selection.tag);
}

}  // namespace tollgate::llm
