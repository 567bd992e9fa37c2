// Finds the route of a request and answers it.
#pragma once

#include <span>

#include <boost/asio/awaitable.hpp>

#include "api/route.hpp"

namespace tollgate::api {

// Never fails: every error is a problem document. HEAD is answered as GET; its body is left out by whoever sends it.
boost::asio::awaitable<Reply> answer(std::span<const Route> routes, Service& service, Request request);

}  // namespace tollgate::api
