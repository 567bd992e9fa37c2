#include "net/url.hpp"

#include <charconv>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::net {
namespace {

constexpr std::size_t kMaxUrlBytes = 8192;

std::uint16_t default_port(Scheme scheme) {
  return scheme == Scheme::kHttps ? 443 : 80;
}
std::string_view name(Scheme scheme) {
  return scheme == Scheme::kHttps ? "https" : "http";
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

std::unexpected<base::Error> bad_url(std::string message) {
  return base::fail(base::ErrorCode::kInvalidArgument, std::move(message));
}

}  // namespace

std::string Origin::to_string() const {
  return fmt::format("{}://{}:{}", name(scheme), bracketed(host), port);
}

std::string Origin::authority() const {
  return port == default_port(scheme) ? bracketed(host) : bracketed(host).append(":").append(std::to_string(port));
}

base::Result<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return base::fail(base::ErrorCode::kTooLarge, "URL of more than 8192 bytes");
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return bad_url("not an absolute URL: it must look like https://host/path");
  const auto& view = *parsed;

  Url url;
  if (view.scheme_id() == boost::urls::scheme::https) {
    url.origin.scheme = Scheme::kHttps;
  } else if (view.scheme_id() != boost::urls::scheme::http) {
    return bad_url("the URL must begin with http:// or https://");
  }
  if (view.has_userinfo()) return bad_url("the URL must not hold a user name or password; use the API key setting");

  url.origin.host = view.host_type() == boost::urls::host_type::ipv6 ? std::string(view.host_address())
                                                                     : base::lower_ascii(view.host());
  if (url.origin.host.empty()) return bad_url("the URL names no host");
  url.origin.port = default_port(url.origin.scheme);
  if (view.has_port()) {
    const std::string digits(view.port());
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.origin.port);
    if (error != std::errc{} || url.origin.port == 0) return bad_url("the URL's port is not between 1 and 65535");
  }
  url.target = std::string(view.encoded_target());
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, "/");
  return url;
}

}  // namespace tollgate::net
