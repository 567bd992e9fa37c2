#include "store/list_cursor.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/sha256.hpp"

namespace tollgate::store {
namespace {

constexpr std::size_t kTimeDigits = 16;  // hex, milliseconds
constexpr std::size_t kIdLength = 36;
constexpr std::size_t kCheckDigits = 16;

std::string check_of(const SessionFilter& filter, std::string_view position) {
  const int status = filter.status ? static_cast<int>(*filter.status) : -1;
  const auto bound = fmt::format("1\n{}\n{}\n{}\n{}\n{}\n{}\n{}", position, status, filter.owner.size(), filter.owner,
                                 filter.visible_to.size(), filter.visible_to, filter.title_contains);
  return base::Sha256::of(bound).to_hex().substr(0, kCheckDigits);
}

}  // namespace

std::string encode_cursor(const SessionFilter& filter, const ListPosition& last) {
  const auto time = static_cast<std::uint64_t>(last.updated_at.time_since_epoch().count());
  const auto position = fmt::format("{:016x}{}", time, last.id.to_string());
  return position + check_of(filter, position);
}

base::Result<ListPosition> decode_cursor(const SessionFilter& filter) {
  const auto refused = [] {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "the cursor is damaged or belongs to another listing: start from the first page");
  };
  const std::string_view cursor = filter.cursor;
  if (cursor.size() != kTimeDigits + kIdLength + kCheckDigits) return refused();
  const auto position = cursor.substr(0, kTimeDigits + kIdLength);
  if (cursor.substr(position.size()) != check_of(filter, position)) return refused();

  std::uint64_t time = 0;
  const auto [end, error] = std::from_chars(position.data(), position.data() + kTimeDigits, time, 16);
  const auto id = base::SessionId::parse(position.substr(kTimeDigits));
  if (error != std::errc{} || end != position.data() + kTimeDigits || !id) return refused();
  return ListPosition{base::Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(time))), *id};
}

}  // namespace tollgate::store
