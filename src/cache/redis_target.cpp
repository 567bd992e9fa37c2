#include "cache/redis_target.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::cache {
namespace {

constexpr std::uint16_t kDefaultPort = 6379;
constexpr int kMaxDatabase = 9'999;

std::unexpected<base::Error> bad_url(std::string_view what) {
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("the Redis URL {}; it must look like redis://user:password@host:6379/0", what));
}

template <typename Number>
std::optional<Number> read_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

std::string RedisTarget::place() const {
  return fmt::format("{}://{}/{}", server.with_tls ? "rediss" : "redis", server.to_string(), database);
}

base::Result<RedisTarget> parse_redis_url(std::string_view text) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return bad_url("is no URL");
  const auto& view = *parsed;
  RedisTarget target;
  target.server.with_tls = view.scheme() == "rediss";
  if (!target.server.with_tls && view.scheme() != "redis") return bad_url("begins with neither redis:// nor rediss://");
  if (view.has_query() || view.has_fragment()) return bad_url("has options, which are not known here");

  target.server.host = view.host_type() == boost::urls::host_type::ipv6 ? std::string(view.host_address())
                                                                        : base::lower_ascii(view.host());
  if (target.server.host.empty()) return bad_url("names no host");
  target.server.port = kDefaultPort;
  if (view.has_port()) {
    const auto port = read_number<std::uint16_t>(view.port());
    if (!port || *port == 0) return bad_url("has a port that is not between 1 and 65535");
    target.server.port = *port;
  }
  target.user = view.user();
  target.password = view.password();
  if (!target.user.empty() && target.password.empty()) return bad_url("names a user without a password");

  std::string_view path = view.encoded_path();
  if (path.starts_with('/')) path.remove_prefix(1);
  if (!path.empty()) {
    const auto database = read_number<int>(path);
    if (!database || *database > kMaxDatabase) return bad_url("has a database that is no number");
    target.database = *database;
  }
  return target;
}

}  // namespace tollgate::cache
