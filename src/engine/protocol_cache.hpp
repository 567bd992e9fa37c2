// Pinned protocols, compiled once per process. Used on one executor; entries are never dropped: a process sees few
// protocols, and each is bounded in size.
#pragma once

#include <map>
#include <memory>

#include "protocol/model.hpp"
#include "store/session_store.hpp"

namespace tollgate::engine {

class ProtocolCache {
 public:
  explicit ProtocolCache(store::SessionStore& store) : store_(store) {}

  // Pins a protocol: saves it, so that sessions under way outlive a change of its file.
  store::Async<void> pin(std::shared_ptr<const protocol::Protocol> protocol);

  // kNotFound; kCorrupt when the stored text does not have the hash, or no longer compiles.
  store::Async<std::shared_ptr<const protocol::Protocol>> get(base::Sha256 hash);

 private:
  store::SessionStore& store_;
  std::map<base::Sha256, std::shared_ptr<const protocol::Protocol>> compiled_;
};

}  // namespace tollgate::engine
