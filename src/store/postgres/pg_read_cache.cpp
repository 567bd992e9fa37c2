#include "store/postgres/pg_read_cache.hpp"

namespace tollgate::store {
namespace {

constexpr std::size_t kHeaderBytes = 400;  // besides its texts; about

}  // namespace

PgReadCache::PgReadCache(std::size_t max_bytes) : sessions_(max_bytes / 4 * 3), headers_(max_bytes / 4) {}

std::shared_ptr<const PgSessionRead> PgReadCache::find_session(const base::SessionId& id) {
  const std::lock_guard lock(mutex_);
  const auto* const known = sessions_.find(id);
  return known == nullptr ? nullptr : *known;
}

void PgReadCache::keep_session(const PgSessionVersion& version, const SessionRecord& record, std::size_t bytes) {
  // Copied before the lock is taken, and only if it will be kept.
  const auto& id = record.row.id;
  const auto copy =
      sessions_.takes(bytes) ? std::make_shared<const PgSessionRead>(PgSessionRead{version, record}) : nullptr;
  const std::lock_guard lock(mutex_);
  copy ? sessions_.put(id, copy, bytes) : sessions_.erase(id);
}

void PgReadCache::forget_session(const base::SessionId& id) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(id);
}

PgReadCache::Headers PgReadCache::find_headers(const std::vector<base::Uuid>& ids) {
  Headers found;
  const std::lock_guard lock(mutex_);
  for (const auto& id : ids) {
    if (const auto* const known = headers_.find({id})) found.emplace(base::SessionId{id}, *known);
  }
  return found;
}

void PgReadCache::keep_headers(const std::vector<SessionRow>& headers) {
  const std::lock_guard lock(mutex_);
  for (const auto& header : headers) {
    headers_.put(header.id, header, kHeaderBytes + header.title.size() + header.owner.size());
  }
}

}  // namespace tollgate::store
