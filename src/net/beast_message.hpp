// What Beast makes of requests and replies. Private to net.
#pragma once

#include <string>

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "net/http_connection.hpp"
#include "net/http_message.hpp"

namespace tollgate::net {

using BeastReplyParser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

std::string request_head(const HttpCall& call);       // all that goes before the body
HttpHead reply_head(const BeastReplyParser& parser);  // REQUIRES: the header has been read

}  // namespace tollgate::net
