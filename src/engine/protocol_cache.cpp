#include "engine/protocol_cache.hpp"

#include <fmt/format.h>

#include "protocol/compiler.hpp"

namespace tollgate::engine {

using base::ErrorCode;

store::Async<void> ProtocolCache::pin(std::shared_ptr<const protocol::Protocol> protocol) {
  if (compiled_.contains(protocol->hash)) co_return base::Status{};
  const auto saved = co_await store_.save_protocol(
      {protocol->hash, protocol->id, protocol->version, protocol->title, protocol->canonical});
  if (saved) compiled_.emplace(protocol->hash, protocol);
  co_return saved;
}

store::Async<std::shared_ptr<const protocol::Protocol>> ProtocolCache::get(base::Sha256 hash) {
  if (const auto it = compiled_.find(hash); it != compiled_.end()) co_return it->second;
  CO_TRY(const auto row, co_await store_.protocol(hash));
  if (base::Sha256::of(row.canonical) != hash) {
    co_return base::fail(
        ErrorCode::kCorrupt,
        fmt::format("the stored protocol {} {} was altered: its text no longer has the hash the session pinned", row.id,
                    row.version));
  }
  auto result = protocol::compile_canonical(row.canonical);
  if (!result.protocol) {
    co_return base::fail(
        ErrorCode::kCorrupt,
        fmt::format("the stored protocol {} {} does not compile with this version of the program", row.id, row.version),
        protocol::to_string(result.diagnostics));
  }
  compiled_.emplace(hash, result.protocol);
  co_return result.protocol;
}

}  // namespace tollgate::engine
