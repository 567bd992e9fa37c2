// Which replies of the response cache are to be forgotten: one by its key, or all of an account, a namespace, a model
// or a session.
//
// Executor: forget() runs on the cache's own. Cancel: as a purge of the cache; repeat it.
#pragma once

#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "cache/byte_cache.hpp"
#include "llm/router/target.hpp"

namespace tollgate::llm {

struct ReplySelection {
  std::string tag;       // all that bear it
  std::string digest{};  // and this one; empty: no further one
};

// What X-Cache-Key tells. kInvalidArgument: it is no key.
base::Result<ReplySelection> reply_of_key(std::string_view key);
ReplySelection replies_of_account(std::string_view account);
// kInvalidArgument: it is no namespace's name.
base::Result<ReplySelection> replies_of_namespace(std::string_view account, std::string_view space);
ReplySelection replies_of_model(const Target& model);
ReplySelection replies_of_session(std::string_view id);

bool is_namespace(std::string_view text);  // at most 64 letters, digits, '-', '_' and '.'

// None of them is served any more when this returns. kUnavailable, kTimeout: not all nodes may have heard of it.
boost::asio::awaitable<base::Status> forget(cache::ByteCache& cache, ReplySelection selection);

}  // namespace tollgate::llm
