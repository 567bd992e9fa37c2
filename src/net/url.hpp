// The parts of an http(s) URL that a client needs. Parsed by Boost.URL (RFC 3986).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tollgate::net {

enum class Scheme { kHttp, kHttps };

// Who is spoken to: connections are shared by equal origins.
struct Origin {
  Scheme scheme = Scheme::kHttp;
  std::string host;  // name or address; IPv6 without brackets
  std::uint16_t port = 80;

  std::string to_string() const;  // "https://api.example.com:443"; for messages too
  std::string authority() const;  // for the Host header: the port only if it is not the scheme's own

  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct Url {
  Origin origin;
  std::string target;  // path and query, percent-encoded, at least "/"
};

// kInvalidArgument for anything but an absolute http or https URL without user info. Messages never repeat the URL,
// which may hold secrets.
base::Result<Url> parse_url(std::string_view text);

}  // namespace tollgate::net
