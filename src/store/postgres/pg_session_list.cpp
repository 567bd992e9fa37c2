#include "store/postgres/pg_session_list.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/list_cursor.hpp"
#include "store/postgres/pg_sealed_rows.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

// What never changes of a session.
constexpr std::string_view kSelectHeaders =
    "SELECT id, title, owner, protocol_hash, protocol_id, origin_session, origin_checkpoint, created_at "
    "FROM session WHERE id = ANY ($1)";

SessionRow read_header(const PgRow& row) {
  SessionRow session{.id = {row.uuid(0)},
                     .title = std::string(row.text(1)),
                     .owner = std::string(row.text(2)),
                     .protocol_hash = row.digest(3),
                     .protocol_id = std::string(row.text(4)),
                     .created_at = from_stored(row.integer(7))};
  if (!row.is_null(5)) session.origin = Origin{{row.uuid(5)}, row.integer(6)};
  return session;
}

// One statement for all that are not cached.
Async<PgReadCache::Headers> read_headers(PgConnection& db, PgReadCache& cache, const std::vector<base::Uuid>& wanted) {
  auto headers = cache.find_headers(wanted);
  std::vector<base::Uuid> missing;
  for (const auto& id : wanted) {
    if (!headers.contains({id})) missing.push_back(id);
  }
  if (missing.empty()) co_return headers;
  CO_TRY(const auto results, co_await db.run(PgBatch().add(kSelectHeaders, missing)));
  std::vector<SessionRow> found;
  for (int i = 0; i < results[0].size(); ++i) found.push_back(read_header(results[0].row(i)));
  cache.keep_headers(found);
  for (auto& header : found) headers.emplace(header.id, std::move(header));
  co_return headers;
}

std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : base::lower_ascii(text)) {
    if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern + "%";
}

class Composer {
 public:
  explicit Composer(const SessionFilter& filter) : filter_(filter) {}

  base::Result<ListStatement> compose() {
    limit_ = parameter(filter_.limit + 1);
    if (!filter_.owner.empty()) owner_ = parameter(filter_.owner);
    if (!filter_.visible_to.empty()) account_ = parameter(filter_.visible_to);
    if (!filter_.title_contains.empty()) pattern_ = parameter(like_pattern(filter_.title_contains));
    if (!filter_.cursor.empty()) {
      TRY(const auto after, decode_cursor(filter_));
      time_ = parameter(to_stored(after.updated_at));
      id_ = parameter(after.id.uuid);
    }
    std::vector<std::string> branches;
    for (const auto* status : {"open", "decided"}) {
      const bool is_wanted = !filter_.status || (*filter_.status == SessionStatus::kDecided) == (*status == 'd');
      if (!is_wanted) continue;
      if (account_.empty() || filter_.owner.empty() || filter_.owner == filter_.visible_to) {
        branches.push_back(branch(status, account_.empty() ? owned_by(owner_) : owned_by(account_)));
      }
      if (!account_.empty() && filter_.owner != filter_.visible_to) branches.push_back(branch(status, shared()));
    }
    return ListStatement{fmt::format("SELECT session, status, decision, updated_at, head_seq FROM ({}) u "
                                     "ORDER BY updated_at DESC, session DESC LIMIT {}",
                                     base::join(branches, " UNION ALL "), limit_),
                         std::move(parameters_)};
  }

 private:
  template <typename T>
  std::string parameter(const T& value) {
    parameters_.add(value);
    return fmt::format("${}", parameters_.size());
  }

  static std::string owned_by(const std::string& owner) {
    return owner.empty() ? std::string() : " AND t.owner = " + owner;
  }

  // Of others, with the account as a member.
  std::string shared() const {
    return fmt::format(" AND t.session IN (SELECT m.session FROM member m WHERE m.account = {0}) AND t.owner <> {0}{1}",
                       account_, owned_by(owner_));
  }

  std::string branch(std::string_view status, const std::string& whose) const {
    const std::string title =
        pattern_.empty()
            ? ""
            : fmt::format(" AND t.session IN (SELECT n.id FROM session n WHERE lower(n.title COLLATE \"C\") LIKE {})",
                          pattern_);
    const std::string after = time_.empty() ? "" : fmt::format(" AND (t.updated_at, t.session) < ({}, {})", time_, id_);
    return fmt::format(
        "(SELECT t.session, t.status, t.decision, t.updated_at, t.head_seq FROM session_state t "
        "WHERE t.status = '{}'{}{}{} ORDER BY t.updated_at DESC, t.session DESC LIMIT {})",
        status, whose, title, after, limit_);
  }

  const SessionFilter& filter_;
  PgParameters parameters_;
  std::string limit_, owner_, account_, pattern_, time_, id_;  // "$1" …; empty: not wanted
};

}  // namespace

base::Result<ListStatement> list_statement(const SessionFilter& filter) {
  return Composer(filter).compose();
}

Async<SessionPage> select_page(PgConnection& db, const ValueCipher& cipher, PgReadCache& cache,
                               const SessionFilter& filter) {
  CO_TRY(auto statement, list_statement(filter));
  PgBatch batch;
  batch.add(kSelectKeys);
  // How rare a text is, or in how many sessions an account takes part, decides whether to look that up or to walk
  // through the newest sessions.
  if (filter.title_contains.empty() && filter.visible_to.empty()) {
    batch.add(statement.sql, std::move(statement.parameters));
  } else {
    batch.add_planned_afresh(statement.sql, std::move(statement.parameters));
  }
  CO_TRY(const auto results, co_await db.run(std::move(batch)));
  CO_TRY_STATUS(check_keys(results[0], cipher, db.place()));
  const auto& rows = results[1];
  std::vector<base::Uuid> wanted;
  for (int i = 0; i < rows.size() && i < filter.limit; ++i) wanted.push_back(rows.row(i).uuid(0));
  CO_TRY(const auto headers, co_await read_headers(db, cache, wanted));
  SessionPage page;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto header = headers.find({wanted[i]});
    if (header == headers.end()) continue;  // removed since
    const auto row = rows.row(static_cast<int>(i));
    auto& session = page.rows.emplace_back(header->second);
    session.status = row.text(1) == "decided" ? SessionStatus::kDecided : SessionStatus::kOpen;
    session.decision = row.text(2);
    session.updated_at = from_stored(row.integer(3));
    session.head_seq = row.integer(4);
  }
  if (rows.size() > filter.limit) {
    const auto last = rows.row(static_cast<int>(filter.limit - 1));
    page.next = encode_cursor(filter, {from_stored(last.integer(3)), {last.uuid(0)}});
  }
  co_return page;
}

}  // namespace tollgate::store
