// Reads what handlers need from a request; every error says which part of the request is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/message.hpp"
#include "api/service.hpp"
#include "base/result.hpp"

namespace tollgate::api {

// The {session} of the path. kNotFound when it is no session id.
base::Result<base::SessionId> session_of(const Request& request);

// A whole number of the path or query; `fallback` when it is absent.
base::Result<std::int64_t> whole_number(std::string_view text, std::string_view name, std::int64_t fallback,
                                        std::int64_t min, std::int64_t max);

// The body, which must be JSON. Its shape was checked against the route's schema before.
base::Value body_of(const Request& request);

// Idempotency-Key, or a new key when the client gave none. kInvalidArgument for one longer than 200 bytes.
base::Result<std::string> idempotency_key(const Request& request, Service& service);
// The same for an answer or a waiver: the client's key is its own for a day, then it may use it anew.
base::Result<engine::InputKey> input_key(const Request& request, Service& service);

// `If-Match: "3"`: the revision the client has seen. kInvalidArgument for anything else but "*".
base::Result<std::optional<std::int64_t>> expected_revision(const Request& request);

// `body` with `version` as its ETag; 304 without a body when the client has this version already.
Reply versioned_reply(const Request& request, std::string_view version, const base::Value& body);

// What `view` says of the session of the path, in the session's version.
using SessionView = base::Value (*)(const engine::LoadedSession& loaded);
store::Async<Reply> session_reply(Service& service, const Request& request, SessionView view);

}  // namespace tollgate::api
