#include "cache/redis_target.hpp"

#include <gtest/gtest.h>

namespace tollgate::cache {
namespace {

TEST(RedisUrl, NamesHostPortDatabaseAndWhoAsks) {
  const auto target = parse_redis_url("redis://ann:s3cret%2Fword@Cache.example.com:7000/3").value();
  EXPECT_EQ(target.server.host, "cache.example.com");
  EXPECT_EQ(target.server.port, 7000);
  EXPECT_FALSE(target.server.with_tls);
  EXPECT_EQ(target.user, "ann");
  EXPECT_EQ(target.password, "s3cret/word");
  EXPECT_EQ(target.database, 3);
  EXPECT_EQ(target.place(), "redis://cache.example.com:7000/3");
}

TEST(RedisUrl, HasDefaults) {
  const auto target = parse_redis_url("redis://localhost").value();
  EXPECT_EQ(target.server.port, 6379);
  EXPECT_EQ(target.database, 0);
  EXPECT_EQ(target.user, "");
  EXPECT_EQ(parse_redis_url("redis://:word@localhost/").value().password, "word");
  EXPECT_EQ(parse_redis_url("redis://[::1]:7000").value().place(), "redis://[::1]:7000/0");
  EXPECT_TRUE(parse_redis_url("rediss://localhost").value().server.with_tls);
}

TEST(RedisUrl, IsRefusedWithoutRepeatingIt) {
  for (const char* const url : {"", "localhost:6379", "http://:s3cret@host", "redis://", "redis://:s3cret@host:0",
                                "redis://:s3cret@host:70000", "redis://:s3cret@host/x", "redis://:s3cret@host/-1",
                                "redis://:s3cret@host/0?timeout=3", "redis://s3cret@host"}) {
    const auto target = parse_redis_url(url);
    ASSERT_FALSE(target) << url;
    EXPECT_EQ(target.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_EQ(target.error().message.find("s3cret"), std::string::npos) << target.error().message;
    EXPECT_NE(target.error().message.find("redis://user:password@host:6379/0"), std::string::npos);
  }
}

}  // namespace
}  // namespace tollgate::cache
