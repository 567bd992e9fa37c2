// Whether a request may do what it asks: who sends it, which roles they hold where, what their key was made for.
#pragma once

#include "api/message.hpp"
#include "api/permissions.hpp"
#include "api/service.hpp"

namespace tollgate::api {

// Fills in the request's roles. kForbidden; kNotFound for a session that its caller may not read.
// REQUIRES: the caller is filled in.
store::Async<void> authorize(Permission permission, Service& service, Request& request);

// Whether it would be permitted if it came now: its key, sign-in or account may have ended since. kUnauthenticated too.
store::Async<void> authorize_again(Permission permission, Service& service, Request request);

}  // namespace tollgate::api
