#include "api/api_keys.hpp"

#include <algorithm>
#include <utility>

#include "api/credentials.hpp"
#include "api/permissions.hpp"

namespace tollgate::api {

using base::ErrorCode;

namespace {

base::Result<std::optional<base::PicoUsd>> read_budget(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto budget = base::PicoUsd::parse(text);
  if (budget && *budget > base::PicoUsd()) return budget;
  return base::fail(ErrorCode::kInvalidArgument,
                    "the budget of a key is an amount of dollars a day above 0, for example 2.50");
}

}  // namespace

base::Result<IssuedKey> issue_key(WantedKey wanted, base::Timestamp now) {
  constexpr std::size_t kMaxLabelBytes = 200;
  if (!parse_scopes(wanted.scopes))
    return base::fail(ErrorCode::kInvalidArgument, "the scopes of a key are read, write and admin, by commas");
  const bool is_printable =
      std::none_of(wanted.label.begin(), wanted.label.end(), [](char c) { return c >= 0 && c < ' '; });
  if (wanted.label.size() > kMaxLabelBytes || !is_printable)
    return base::fail(ErrorCode::kInvalidArgument, "a key's label is one line of at most 200 bytes");
  TRY(const auto budget, read_budget(wanted.budget_usd_per_day));
  auto secret = make_api_key();
  store::ApiKey key{.id = secret.id,
                    .secret = hash_of(secret.text),
                    .account = std::move(wanted.account),
                    .label = std::move(wanted.label),
                    .scopes = std::move(wanted.scopes),
                    .created_at = now};
  key.budget_per_day = budget;
  if (wanted.requests_per_minute > 0) key.requests_per_minute = wanted.requests_per_minute;
  if (wanted.lasts.count() > 0) key.expires_at = now + wanted.lasts;
  return IssuedKey{std::move(key), std::move(secret.text)};
}

std::string_view state_of(const store::ApiKey& key, base::Timestamp now) {
  if (key.revoked_at) return "revoked";
  return key.expires_at && *key.expires_at <= now ? "ended" : "valid";
}

}  // namespace tollgate::api
