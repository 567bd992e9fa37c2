// A request as the routes see it, and what they answer: HTTP without sockets.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/body_source.hpp"
#include "api/caller.hpp"
#include "api/client_watch.hpp"
#include "base/ids.hpp"
#include "base/value.hpp"

namespace tollgate::api {

using StringMap = std::map<std::string, std::string, std::less<>>;

struct Request {
  std::string method;
  std::string target;  // path and query, as received
  StringMap headers;   // names in lower case
  std::string body{};
  std::string request_id{};       // echoed in every reply and error
  std::string address{};          // of the client
  ClientWatch* client = nullptr;  // lives as long as the request is answered; nullptr: nobody to watch
  // Filled in by the router.
  StringMap path{};   // by the name in the pattern: "session", "question" …; decoded
  StringMap query{};  // decoded; the last one of a name counts
  Caller caller{};    // who sends it
  Roles roles{};      // the caller's, of the account and in the session of the path

  std::string_view header(std::string_view name) const;     // empty: absent
  std::string_view parameter(std::string_view name) const;  // of the query; empty: absent
};

// The events of a session from `after` on, sent for as long as the client reads and may read them.
struct EventStream {
  base::SessionId session;
  std::int64_t after = 0;
  Request opened_by{};
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::optional<EventStream> stream{};   // instead of a body
  std::shared_ptr<BodySource> source{};  // likewise; shared so that a reply can be copied
};

Reply json_reply(const base::Value& body, int status = 200);

}  // namespace tollgate::api
