// What every back end refuses before it touches its database: requests out of bounds, ill-formed text, wrong limits.
// Pure functions. kInvalidArgument and kTooLarge name the field and the bound.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/records.hpp"

namespace tollgate::store {

inline constexpr std::size_t kMaxBodyBytes = std::size_t{16} << 20;  // of an entry, a manifest, a protocol, settings
inline constexpr std::size_t kMaxEventBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxBlobBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxInputsPerCall = 1000;
inline constexpr std::size_t kMaxNameBytes = 400;  // kind, subject, event type, scope, owner, decision
inline constexpr std::size_t kMaxTitleBytes = 4000;
inline constexpr std::size_t kMaxKeyBytes = 200;
inline constexpr std::size_t kMaxSearchBytes = 200;
inline constexpr int kMaxBodyDepth = 60;  // the JSON reader takes 64
inline constexpr std::int64_t kMaxListLimit = 200;
inline constexpr std::int64_t kMaxEventLimit = 1000;
inline constexpr std::chrono::milliseconds kMaxLease = std::chrono::hours(24);

base::Status check_protocol(const ProtocolRow& protocol);
base::Status check_new_session(const NewSession& session);
base::Status check_inputs(const std::vector<NewInput>& inputs);
base::Status check_commit(const OutcomeCommit& commit);
base::Status check_filter(const SessionFilter& filter);
base::Status check_event_range(std::int64_t after, std::int64_t limit);
base::Status check_lease(std::string_view scope, std::chrono::milliseconds ttl);
base::Status check_blob(const Blob& blob);  // also that the digest fits the bytes

}  // namespace tollgate::store
