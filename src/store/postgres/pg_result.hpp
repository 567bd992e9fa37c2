// What one statement gave: typed rows. Owns the reply; rows and views live as long as it does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/ids.hpp"
#include "base/sha256.hpp"

struct pg_result;  // of libpq

namespace tollgate::store {

// Columns from 0; NULL reads as 0, empty or false. A column must have the type that is asked for.
class PgRow {
 public:
  PgRow(const pg_result* raw, int row) : raw_(raw), row_(row) {}

  bool is_null(int column) const;
  std::int64_t integer(int column) const;  // of any width
  bool boolean(int column) const { return integer(column) != 0; }
  std::string_view text(int column) const;
  std::string_view bytes(int column) const { return text(column); }
  base::Sha256 digest(int column) const;
  base::Uuid uuid(int column) const;

 private:
  const pg_result* raw_;
  int row_;
};

class PgResult {
 public:
  explicit PgResult(pg_result* owned) : raw_(owned) {}

  int size() const;
  bool empty() const { return size() == 0; }
  PgRow row(int index) const { return {raw_.get(), index}; }
  PgRow front() const { return row(0); }
  const pg_result* raw() const { return raw_.get(); }
  std::size_t bytes() const;  // of memory
  std::int64_t changed_rows() const;  // by INSERT, UPDATE or DELETE

 private:
  struct Clear {
    void operator()(pg_result* raw) const;
  };
  std::unique_ptr<pg_result, Clear> raw_;
};

}  // namespace tollgate::store
