#include "net/http_message.hpp"

#include <algorithm>

#include <boost/beast/core/string.hpp>

namespace tollgate::net {
namespace {

bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return alphanumeric || kMarks.find(c) != std::string_view::npos;
}

bool is_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

}  // namespace

std::string_view header(const HttpHead& head, std::string_view name) {
  for (const auto& field : head.headers) {
    if (boost::beast::iequals(field.name, name)) return field.value;
  }
  return {};
}

std::string_view name(HttpMethod method) {
  switch (method) {
    case HttpMethod::kGet: return "GET";
    case HttpMethod::kPost: return "POST";
    case HttpMethod::kPut: return "PUT";
    case HttpMethod::kDelete: return "DELETE";
    case HttpMethod::kHead: return "HEAD";
  }
  return "GET";
}

bool is_valid(const HttpHeader& header) {
  return !header.name.empty() && std::ranges::all_of(header.name, is_token_char) &&
         std::ranges::all_of(header.value, is_value_char);
}

}  // namespace tollgate::net
