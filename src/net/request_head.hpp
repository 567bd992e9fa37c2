// What is sent of a request before its body: request line and headers. Private to net.
#pragma once

#include <string>

#include "net/http_connection.hpp"

namespace tollgate::net {

// REQUIRES: the headers are valid (is_valid()).
std::string request_head(const HttpCall& call);

}  // namespace tollgate::net
