// Errors as RFC 9457 problem documents.
#pragma once

#include <string_view>

#include "api/message.hpp"
#include "base/error.hpp"

namespace tollgate::api {

// Status, `code` and `detail` follow from the error; `detail` is the message for the user, never the log's detail.
Reply problem(const base::Error& error, std::string_view request_id);

}  // namespace tollgate::api
