#include "store/postgres/pg_result.hpp"

#include <algorithm>
#include <charconv>

#include <libpq-fe.h>

namespace tollgate::store {

bool PgRow::is_null(int column) const {
  return PQgetisnull(raw_, row_, column) != 0;
}

std::string_view PgRow::text(int column) const {
  return {PQgetvalue(raw_, row_, column), static_cast<std::size_t>(PQgetlength(raw_, row_, column))};
}

// Big-endian, two's complement.
std::int64_t PgRow::integer(int column) const {
  const auto bytes = text(column);
  if (bytes.empty() || bytes.size() > sizeof(std::int64_t)) return 0;
  std::uint64_t value = (bytes.front() & 0x80) != 0 && bytes.size() > 1 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

// The schema checks the length; a damaged table could still hold another one.
base::Sha256 PgRow::digest(int column) const {
  base::Sha256 digest;
  const auto stored = bytes(column);
  std::copy_n(stored.begin(), std::min(stored.size(), digest.bytes.size()), digest.bytes.begin());
  return digest;
}

base::Uuid PgRow::uuid(int column) const {
  return base::Uuid::from_bytes(bytes(column)).value_or(base::Uuid{});
}

int PgResult::size() const {
  return PQntuples(raw_.get());
}

std::size_t PgResult::bytes() const {
  return PQresultMemorySize(raw_.get());
}

std::int64_t PgResult::changed_rows() const {
  const std::string_view digits = PQcmdTuples(raw_.get());
  std::int64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

void PgResult::Clear::operator()(pg_result* raw) const {
  PQclear(raw);
}

}  // namespace tollgate::store
