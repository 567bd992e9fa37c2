// Statements that go to the server together, with their parameters: one round trip, one transaction.
//
// Without a BEGIN among them, all of a batch is committed at its end, or nothing is. Parameters are copied; the SQL
// text is not, and must outlive the batch's run. Parameters travel in PostgreSQL's binary forms (doc: libpq,
// "protocol").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/sha256.hpp"

namespace tollgate::store {

struct PgBytes {  // a parameter of type bytea
  std::string_view view;
};

class PgParameters {
 public:
  void add(std::int64_t value);     // bigint
  void add(bool value);             // boolean
  void add(std::string_view text);  // text, as for the next two
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(const char* text) { add(std::string_view(text)); }
  void add(PgBytes bytes);  // bytea
  void add(const base::Sha256& digest);
  void add(const base::Uuid& uuid);                   // uuid
  void add(const std::vector<std::int64_t>& values);  // bigint[]
  void add(const std::vector<std::optional<std::int64_t>>& values);
  void add(const std::vector<std::string>& texts);     // text[]
  void add(const std::vector<base::Uuid>& uuids);      // uuid[]
  void add(const std::vector<base::Sha256>& digests);  // bytea[]
  void add(const std::vector<PgBytes>& values);
  template <typename Tag>
  void add(const base::Id<Tag>& id) {
    add(id.uuid);
  }
  template <typename T>
  void add(const std::optional<T>& value) {
    add(value.value_or(T{}));
    if (!value) nulls_.back() = true;
  }

  std::size_t size() const { return values_.size(); }
  const std::vector<unsigned>& types() const { return types_; }
  std::vector<const char*> values() const;  // views into this object; nullptr: NULL
  std::vector<int> lengths() const;

 private:
  void append(unsigned type, std::string value);

  std::vector<unsigned> types_;
  std::vector<std::string> values_;
  std::vector<bool> nulls_;
};

struct PgStatement {
  std::string_view sql;
  PgParameters parameters{};
  bool planned_afresh = false;
};

class PgBatch {
 public:
  // Prepared at its first use on a connection, where the connection may keep statements.
  template <typename... Args>
  PgBatch& add(std::string_view sql, const Args&... args) {
    statements_.push_back({sql});
    (statements_.back().parameters.add(args), ...);
    return *this;
  }

  PgBatch& add(std::string_view sql, PgParameters parameters) {
    statements_.push_back({sql, std::move(parameters)});
    return *this;
  }

  // Planned for these very parameters: for the few statements whose best plan depends on them.
  PgBatch& add_planned_afresh(std::string_view sql, PgParameters parameters) {
    statements_.push_back({sql, std::move(parameters), true});
    return *this;
  }

  const std::vector<PgStatement>& statements() const { return statements_; }

 private:
  std::vector<PgStatement> statements_;
};

}  // namespace tollgate::store
