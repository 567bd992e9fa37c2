#include "engine/session_loader.hpp"

#include <algorithm>
#include <map>

#include "engine/entries.hpp"

namespace tollgate::engine {
namespace {

session::SessionInfo info_of(const store::SessionRow& row) {
  session::SessionInfo info{.id = row.id,
                            .title = row.title,
                            .owner = row.owner,
                            .profile = std::string(row.settings.string_or("profile", "")),
                            .options = {},
                            .created_at = row.created_at};
  if (const auto* options = row.settings["options"].if_record()) {
    for (const auto& [key, value] : *options) {
      if (const auto* text = value.if_string()) info.options.emplace(key, *text);
    }
  }
  return info;
}

}  // namespace

base::Value settings_of(const session::SessionInfo& info) {
  base::Value::Record options;
  for (const auto& [key, value] : info.options) options.emplace(key, value);
  return base::Value::Record{{"profile", info.profile}, {"options", std::move(options)}};
}

std::vector<base::Sha256> contents_of(const std::vector<session::StoredCheckpoint>& checkpoints) {
  std::vector<base::Sha256> digests;
  for (const auto& checkpoint : checkpoints) {
    const auto manifest = session::read_manifest(checkpoint.manifest);
    if (!manifest) continue;
    for (const auto& digest : manifest->contents()) digests.push_back(digest);
  }
  std::sort(digests.begin(), digests.end());
  digests.erase(std::unique(digests.begin(), digests.end()), digests.end());
  return digests;
}

store::Async<session::ContentReader> read_contents(store::SessionStore& store, std::vector<base::Sha256> digests) {
  auto contents = std::make_shared<std::map<base::Sha256, base::Result<std::string>>>();
  for (const auto& digest : digests) {
    auto bytes = co_await store.blob(digest);
    contents->emplace(digest, std::move(bytes));
  }
  co_return [contents](const base::Sha256& digest) -> base::Result<std::string> {
    const auto it = contents->find(digest);
    if (it == contents->end()) return base::fail(base::ErrorCode::kNotFound, "it is not stored");
    return it->second;
  };
}

store::Async<LoadedSession> load_session(store::SessionStore& store, ProtocolCache& protocols, base::SessionId id) {
  CO_TRY(auto record, co_await store.load(id));
  CO_TRY(auto protocol, co_await protocols.get(record.row.protocol_hash));
  LoadedSession loaded{record.row, std::make_unique<session::Session>(std::move(protocol), info_of(record.row)), {}};
  for (auto& checkpoint : record.checkpoints)
    loaded.checkpoints.push_back({checkpoint.seq, checkpoint.hash, std::move(checkpoint.manifest)});
  if (!loaded.checkpoints.empty() && loaded.checkpoints.front().seq == 0) {
    CO_TRY(const auto manifest, session::read_manifest(loaded.checkpoints.front().manifest));
    CO_TRY(const auto read, co_await read_contents(store, contents_of({loaded.checkpoints.front()})));
    CO_TRY_STATUS(session::restore(*loaded.session, manifest, read));
  }
  for (const auto& entry : record.inputs) CO_TRY_STATUS(apply_entry(*loaded.session, entry));
  for (const auto& entry : record.outcomes) CO_TRY_STATUS(apply_entry(*loaded.session, entry));
  co_return loaded;
}

}  // namespace tollgate::engine
