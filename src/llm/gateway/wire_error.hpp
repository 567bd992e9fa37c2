// Errors as a gateway's client expects them from the service whose format it speaks.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "llm/chat.hpp"

namespace tollgate::llm {

// A JSON body. A provider's own words are passed on when the request is at fault (its parameters, its length); its
// troubles with the operator's key or account are not the client's business.
std::string write_wire_error(WireFormat client, const base::Error& error, std::string_view request_id);

int wire_error_status(WireFormat client, const base::Error& error);

// The same as the last event of a stream that has begun; no end of a reply follows it.
std::string write_wire_error_event(WireFormat client, const base::Error& error, std::string_view request_id);

}  // namespace tollgate::llm
