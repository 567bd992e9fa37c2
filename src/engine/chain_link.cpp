#include "engine/chain_link.hpp"

#include <utility>

namespace tollgate::engine {

void add_link(store::OutcomeCommit& out, session::Checkpoint checkpoint) {
  store::CheckpointRow row{checkpoint.seq, checkpoint.hash, std::move(checkpoint.manifest), {}};
  if (const auto manifest = session::read_manifest(row.manifest)) row.blobs = manifest->contents();
  for (auto& content : checkpoint.contents) out.blobs.push_back({content.digest, std::move(content.bytes)});
  out.checkpoints.push_back(std::move(row));
}

}  // namespace tollgate::engine
