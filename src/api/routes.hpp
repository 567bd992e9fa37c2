// What each path answers. Pure of sockets: a request in, a reply out.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "engine/engine.hpp"

namespace tollgate::api {

struct Request {
  std::string method;
  std::string target;      // path and query, as received
  std::string request_id;  // echoed in errors
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

// Never fails: every error is an RFC 9457 problem document. `engine` must outlive the call.
boost::asio::awaitable<Reply> answer(engine::Engine& engine, std::string version, Request request);

}  // namespace tollgate::api
