#include "store/postgres/pg_batch.hpp"

#include <utility>

namespace tollgate::store {
namespace {

// From the server's catalogue pg_type: fixed for ever.
constexpr unsigned kBool = 16;
constexpr unsigned kBytea = 17;
constexpr unsigned kInt8 = 20;
constexpr unsigned kText = 25;
constexpr unsigned kUuid = 2950;
constexpr unsigned kByteaArray = 1001;
constexpr unsigned kTextArray = 1009;
constexpr unsigned kInt8Array = 1016;
constexpr unsigned kUuidArray = 2951;

template <typename Integer>
void append_big_endian(std::string& out, Integer value) {
  for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff));
  }
}

std::string binary(std::int64_t value) {
  std::string out;
  append_big_endian(out, value);
  return out;
}

// One dimension, counted from 1: array_recv() in the server's arrayfuncs.c. `element` gives nullopt for NULL.
template <typename Values, typename Element>
std::string array_of(unsigned type, const Values& values, Element element) {
  std::string out;
  append_big_endian(out, std::int32_t{values.empty() ? 0 : 1});
  append_big_endian(out, std::int32_t{1});  // may hold NULLs
  append_big_endian(out, static_cast<std::int32_t>(type));
  if (values.empty()) return out;
  append_big_endian(out, static_cast<std::int32_t>(values.size()));
  append_big_endian(out, std::int32_t{1});
  for (const auto& value : values) {
    const auto bytes = element(value);
    append_big_endian(out, bytes ? static_cast<std::int32_t>(bytes->size()) : std::int32_t{-1});
    if (bytes) out.append(*bytes);
  }
  return out;
}

}  // namespace

void PgParameters::append(unsigned type, std::string value) {
  types_.push_back(type);
  values_.push_back(std::move(value));
  nulls_.push_back(false);
}

void PgParameters::add(std::int64_t value) {
  append(kInt8, binary(value));
}
void PgParameters::add(bool value) {
  append(kBool, std::string(1, value ? '\1' : '\0'));
}
void PgParameters::add(std::string_view text) {
  append(kText, std::string(text));
}
void PgParameters::add(PgBytes bytes) {
  append(kBytea, std::string(bytes.view));
}
void PgParameters::add(const base::Sha256& digest) {
  append(kBytea, std::string(digest.view()));
}
void PgParameters::add(const base::Uuid& uuid) {
  append(kUuid, std::string(uuid.view()));
}

void PgParameters::add(const std::vector<std::int64_t>& values) {
  append(kInt8Array, array_of(kInt8, values, [](std::int64_t value) { return std::optional(binary(value)); }));
}
void PgParameters::add(const std::vector<std::optional<std::int64_t>>& values) {
  const auto element = [](const std::optional<std::int64_t>& value) {
    return value ? std::optional(binary(*value)) : std::nullopt;
  };
  append(kInt8Array, array_of(kInt8, values, element));
}
void PgParameters::add(const std::vector<std::string>& texts) {
  append(kTextArray,
         array_of(kText, texts, [](const std::string& text) { return std::optional<std::string_view>(text); }));
}
void PgParameters::add(const std::vector<base::Uuid>& uuids) {
  append(kUuidArray, array_of(kUuid, uuids, [](const base::Uuid& uuid) { return std::optional(uuid.view()); }));
}
void PgParameters::add(const std::vector<base::Sha256>& digests) {
  append(kByteaArray,
         array_of(kBytea, digests, [](const base::Sha256& digest) { return std::optional(digest.view()); }));
}
void PgParameters::add(const std::vector<PgBytes>& values) {
  append(kByteaArray, array_of(kBytea, values, [](const PgBytes& bytes) { return std::optional(bytes.view); }));
}

std::vector<const char*> PgParameters::values() const {
  std::vector<const char*> pointers;
  for (std::size_t i = 0; i < values_.size(); ++i) pointers.push_back(nulls_[i] ? nullptr : values_[i].c_str());
  return pointers;
}

std::vector<int> PgParameters::lengths() const {
  std::vector<int> lengths;
  for (const auto& value : values_) lengths.push_back(static_cast<int>(value.size()));
  return lengths;
}

}  // namespace tollgate::store
