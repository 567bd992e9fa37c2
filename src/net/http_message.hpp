// HTTP requests and replies as plain values, free of any library's types.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tollgate::net {

enum class HttpMethod { kGet, kPost, kPut, kDelete, kHead };

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  std::string url;  // absolute, http or https
  std::vector<HttpHeader> headers{};
  std::string body{};
};

struct HttpHead {
  int status = 0;
  std::vector<HttpHeader> headers{};
};

struct HttpResponse {
  HttpHead head;
  std::string body{};
};

// The first header of that name in any case of letters; empty when there is none.
std::string_view header(const HttpHead& head, std::string_view name);

std::string_view name(HttpMethod method);  // "POST"

// A token as RFC 9110 §5.1 wants it, and a value without control characters: nothing that could add another header.
bool is_valid(const HttpHeader& header);

}  // namespace tollgate::net
