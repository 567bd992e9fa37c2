// One row of the route table: what a method and path do, who reads what into it, what comes back. The router dispatches
// by it and the OpenAPI document is made from it, so that neither can differ from the other.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/message.hpp"
#include "api/permissions.hpp"
#include "api/service.hpp"
#include "base/result.hpp"
#include "llm/chat.hpp"

namespace tollgate::api {

using Handler = boost::asio::awaitable<base::Result<Reply>> (*)(Service& service, const Request& request);

struct QueryParameter {
  std::string_view name;
  std::string_view schema;  // JSON
  std::string_view description;
};

struct RouteReply {
  int status = 200;
  std::string_view schema;  // name under #/components/schemas; empty: no JSON body
  std::string_view media_type = "application/json";
};

struct Route {
  std::string_view method;
  std::string_view pattern;    // "/api/v1/sessions/{session}"
  std::string_view operation;  // operationId
  std::string_view summary;
  Permission permission;
  Handler handler;
  std::string_view body{};  // name of the request's schema; empty: none is read
  std::vector<QueryParameter> query{};
  std::vector<RouteReply> replies{};  // besides problems
  // Of the gateway: errors as the service has them whose clients use it; calls of models are no writes of ours.
  std::optional<llm::WireFormat> wire{};
};

}  // namespace tollgate::api
