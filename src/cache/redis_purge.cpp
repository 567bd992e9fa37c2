#include "cache/redis_purge.hpp"

#include <utility>

#include <fmt/format.h>

#include "cache/byte_cache.hpp"
#include "cache/redis_connection.hpp"
#include "cache/redis_names.hpp"

namespace tollgate::cache {
namespace {

namespace asio = boost::asio;

// A tag without a generation is enough: nothing under it counts, and the next one who looks draws another.
RedisPipeline commands_of(const RedisPurge& purge) {
  RedisPipeline commands;
  if (!purge.digest.empty()) {
    commands.add({"DEL", entry_name(purge.digest)});
    commands.add({"PUBLISH", kPurgeChannel, std::string(kKeyRemoved) + purge.digest});
  }
  commands.add({"DEL", tag_name(purge.tag)});
  commands.add({"PUBLISH", kPurgeChannel, std::string(kTagPurged) + purge.tag});
  return commands;
}

asio::awaitable<base::Status> tell(RedisTarget target, net::TlsSettings* tls, RedisPipeline commands,
                                   net::Deadline deadline) {
  CO_TRY(const auto greeted, co_await greet_redis(std::move(target), tls, deadline));
  const auto replies = co_await exchange(*greeted.stream, std::move(commands), deadline);
  co_return replies ? base::Status{} : base::Status(std::unexpected(replies.error()));
}

}  // namespace

asio::awaitable<base::Status> purge_in_redis(RedisTarget target, net::TlsSettings* tls, RedisPurge purge,
                                             net::Deadline deadline) {
  CO_TRY_STATUS(check_tag(purge.tag));
  if (!purge.digest.empty()) CO_TRY_STATUS(check_digest(purge.digest));
  const auto told = co_await tell(std::move(target), tls, commands_of(purge), deadline);
  if (told) co_return base::Status{};
  co_return base::fail(
      told.error().code,
      fmt::format("Redis could not be told to forget '{}', so its replies may still be used; repeat it "
                  "when Redis is back: {}",
                  purge.tag, told.error().message),
      told.error().detail);
}

}  // namespace tollgate::cache
