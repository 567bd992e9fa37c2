#include "net/request_head.hpp"

#include <sstream>
#include <utility>

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/beast/http/write.hpp>

namespace tollgate::net {

namespace http = boost::beast::http;

namespace {

http::verb to_verb(HttpMethod method) {
  switch (method) {
    case HttpMethod::kGet: return http::verb::get;
    case HttpMethod::kPost: return http::verb::post;
    case HttpMethod::kPut: return http::verb::put;
    case HttpMethod::kDelete: return http::verb::delete_;
    case HttpMethod::kHead: return http::verb::head;
  }
  return http::verb::get;
}

}  // namespace

std::string request_head(const HttpCall& call) {
  http::request<http::span_body<const char>> message{to_verb(call.request.method), call.url.target, 11};
  message.set(http::field::host, call.url.origin.authority());
  message.set(http::field::user_agent, "tollgate");
  for (const auto& header : call.request.headers) message.set(header.name, header.value);
  message.body() = {call.request.body.data(), call.request.body.size()};
  message.prepare_payload();
  std::ostringstream head;
  head << message.base();
  return std::move(head).str();
}

}  // namespace tollgate::net
