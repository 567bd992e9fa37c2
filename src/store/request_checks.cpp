#include "store/request_checks.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;
using base::Status;

enum class Emptiness { kAllowed, kRefused };

// NUL ends a string for PostgreSQL and for many tools, so no name may hold one.
Status check_text(std::string_view text, std::string_view field, std::size_t max_bytes, Emptiness emptiness) {
  if (text.empty() && emptiness == Emptiness::kRefused) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} is empty", field));
  }
  if (text.size() > max_bytes) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("{} has {} bytes, at most {} are allowed", field, text.size(), max_bytes));
  }
  if (const auto offset = base::find_invalid_utf8(text)) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} is not valid UTF-8 at byte {}", field, *offset));
  }
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} contains a NUL character", field));
  }
  return {};
}

Status check_key(std::string_view key) {
  return check_text(key, "the idempotency key", kMaxKeyBytes, Emptiness::kRefused);
}

Status check_size(std::size_t bytes, std::string_view field, std::size_t max_bytes) {
  if (bytes <= max_bytes) return {};
  return fail(ErrorCode::kTooLarge, fmt::format("{} has {} bytes, at most {} are allowed", field, bytes, max_bytes));
}

Status check_entry_name(const Entry& entry) {
  TRY_STATUS(check_text(entry.kind, "an entry's kind", kMaxNameBytes, Emptiness::kRefused));
  return check_text(entry.subject, "an entry's subject", kMaxNameBytes, Emptiness::kAllowed);
}

Status check_event(std::string_view type, const base::Value& body) {
  TRY_STATUS(check_text(type, "an event's type", kMaxNameBytes, Emptiness::kRefused));
  if (body.is_record()) return {};
  return fail(ErrorCode::kInvalidArgument, fmt::format("the body of a {} event is not a record", type));
}

Status check_checkpoint(const CheckpointRow& checkpoint, std::int64_t min_seq) {
  if (checkpoint.seq < min_seq) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("checkpoint {} is numbered below {}", checkpoint.seq, min_seq));
  }
  return check_text(checkpoint.manifest, "a checkpoint's manifest", kMaxBodyBytes, Emptiness::kRefused);
}

}  // namespace

Status check_protocol(const ProtocolRow& protocol) {
  TRY_STATUS(check_text(protocol.id, "the protocol's id", kMaxNameBytes, Emptiness::kRefused));
  TRY_STATUS(check_text(protocol.version, "the protocol's version", kMaxNameBytes, Emptiness::kAllowed));
  TRY_STATUS(check_text(protocol.title, "the protocol's title", kMaxTitleBytes, Emptiness::kAllowed));
  return check_text(protocol.canonical, "the protocol", kMaxBodyBytes, Emptiness::kRefused);
}

Status check_new_session(const NewSession& session) {
  TRY_STATUS(check_text(session.row.title, "the title", kMaxTitleBytes, Emptiness::kAllowed));
  TRY_STATUS(check_text(session.row.owner, "the owner", kMaxNameBytes, Emptiness::kRefused));
  TRY_STATUS(check_text(session.row.protocol_id, "the protocol's id", kMaxNameBytes, Emptiness::kRefused));
  TRY_STATUS(check_key(session.idempotency_key));
  TRY_STATUS(check_event("session.created", session.event_body));
  if (!session.origin_checkpoint) return {};
  if (session.origin_checkpoint->seq != 0) {
    return fail(ErrorCode::kInvalidArgument, "the first checkpoint of a fork is number 0");
  }
  return check_checkpoint(*session.origin_checkpoint, 0);
}

Status check_inputs(const std::vector<NewInput>& inputs) {
  if (inputs.size() > kMaxInputsPerCall) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("{} inputs at once, at most {} are allowed", inputs.size(), kMaxInputsPerCall));
  }
  for (const auto& input : inputs) {
    TRY_STATUS(check_entry_name(input.entry));
    TRY_STATUS(check_key(input.idempotency_key));
    TRY_STATUS(check_event(input.event_type, input.event_body));
  }
  return {};
}

Status check_commit(const OutcomeCommit& commit) {
  for (const auto& outcome : commit.outcomes) TRY_STATUS(check_entry_name(outcome));
  for (const auto& blob : commit.blobs) TRY_STATUS(check_blob(blob));
  for (const auto& checkpoint : commit.checkpoints) TRY_STATUS(check_checkpoint(checkpoint, 1));
  for (const auto& event : commit.events) TRY_STATUS(check_event(event.type, event.body));
  return check_text(commit.decision, "the decision", kMaxNameBytes, Emptiness::kAllowed);
}

Status check_filter(const SessionFilter& filter) {
  if (filter.limit < 1 || filter.limit > kMaxListLimit) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("limit is {}, it must lie in 1–{}", filter.limit, kMaxListLimit));
  }
  TRY_STATUS(check_text(filter.owner, "the owner", kMaxNameBytes, Emptiness::kAllowed));
  TRY_STATUS(check_text(filter.visible_to, "the account", kMaxNameBytes, Emptiness::kAllowed));
  return check_text(filter.title_contains, "the search text", kMaxSearchBytes, Emptiness::kAllowed);
}

Status check_event_range(std::int64_t after, std::int64_t limit) {
  if (after < 0) return fail(ErrorCode::kInvalidArgument, fmt::format("after is {}, it must not be negative", after));
  if (limit >= 1 && limit <= kMaxEventLimit) return {};
  return fail(ErrorCode::kInvalidArgument, fmt::format("limit is {}, it must lie in 1–{}", limit, kMaxEventLimit));
}

Status check_lease(std::string_view scope, std::chrono::milliseconds ttl) {
  TRY_STATUS(check_text(scope, "the lease's scope", kMaxNameBytes, Emptiness::kRefused));
  if (ttl.count() >= 1 && ttl <= kMaxLease) return {};
  return fail(ErrorCode::kInvalidArgument, fmt::format("a lease of {} ms is outside 1 ms–24 h", ttl.count()));
}

Status check_blob(const Blob& blob) {
  TRY_STATUS(check_size(blob.bytes.size(), "a blob", kMaxBlobBytes));
  if (base::Sha256::of(blob.bytes) == blob.digest) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("the bytes of blob {} have another digest", blob.digest.to_hex()));
}

}  // namespace tollgate::store
