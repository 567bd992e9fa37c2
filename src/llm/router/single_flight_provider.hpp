// Requests that would be answered alike, at the same time, make one call.
//
// The call is made by a task of the provider's own, whatever becomes of those who asked. If it fails for a reason that
// may pass or was the first asker's alone, one of the others makes it again, once, for all of them. Requests without a
// cache key are not looked at.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "llm/provider.hpp"
#include "llm/router/flight.hpp"
#include "net/task_scope.hpp"

namespace tollgate::llm {

// What becomes of a call that nobody waits for any more.
enum class WhenAbandoned {
  kCancel,  // it ends at once; what the provider has made so far may be billed all the same
  kDrain,   // it goes on: the reply is paid for, and kept in the cache
};

// `flights` is shared by all threads; it and `scope` (of the executor used) must outlive the provider.
std::unique_ptr<Provider> make_single_flight_provider(std::unique_ptr<Provider> inner, Flights& flights,
                                                      net::TaskScope& scope, WhenAbandoned when_abandoned);

}  // namespace tollgate::llm
