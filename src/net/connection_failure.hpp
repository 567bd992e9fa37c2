// Why a step of a connection failed, in words a person can act on. Private to net.
#pragma once

#include <expected>

#include <boost/asio/cancellation_state.hpp>
#include <boost/system/error_code.hpp>

#include "base/result.hpp"
#include "net/call_context.hpp"
#include "net/http_client.hpp"
#include "net/url.hpp"

namespace tollgate::net {

// What a connection was doing when it failed: decides code, message and the setting named, if one cures.
enum class Step { kConnect, kHandshake, kSend, kWaitForReply, kReadBody };

// Not a coroutine: after a cancellation, awaiting one would throw.
std::unexpected<base::Error> explain(const boost::system::error_code& error, Step step, const Origin& origin,
                                     const HttpClientConfig& config, Deadline deadline,
                                     const boost::asio::cancellation_state& cancellation);

}  // namespace tollgate::net
