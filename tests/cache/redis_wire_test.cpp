#include "cache/redis_wire.hpp"

#include <gtest/gtest.h>

namespace tollgate::cache {
namespace {

using namespace std::string_literals;
using Kind = RedisReply::Kind;

RedisReply read_one(std::string_view bytes) {
  RedisReplyReader reader;
  reader.feed(bytes);
  return reader.next().value().value();
}

TEST(RedisPipeline, WritesCommandsAsArraysOfStringsThatMayHoldAnything) {
  RedisPipeline commands;
  commands.add({"SET", "a b", std::string_view("\0\r\n", 3)}).add({"PING"});
  EXPECT_EQ(commands.bytes(), "*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$3\r\n\0\r\n\r\n*1\r\n$4\r\nPING\r\n"s);
  EXPECT_EQ(commands.size(), 2U);
}

TEST(RedisReplyReader, ReadsEveryKindOfReply) {
  EXPECT_TRUE(read_one("+OK\r\n").is_ok());
  EXPECT_EQ(read_one(":-42\r\n").integer, -42);
  EXPECT_EQ(read_one("$-1\r\n").kind, Kind::kNil);
  EXPECT_EQ(read_one("*-1\r\n").kind, Kind::kNil);
  const auto error = read_one("-OOM command not allowed\r\n");
  EXPECT_TRUE(error.is_error());
  EXPECT_EQ(error.text, "OOM command not allowed");
  const auto array = read_one("*4\r\n$3\r\na\0b\r\n$-1\r\n:7\r\n*1\r\n$0\r\n\r\n"s);
  ASSERT_EQ(array.elements.size(), 4U);
  EXPECT_EQ(array.elements[0].text, std::string("a\0b", 3));
  EXPECT_EQ(array.elements[1].kind, Kind::kNil);
  EXPECT_EQ(array.elements[2].integer, 7);
  EXPECT_EQ(array.elements[3].elements.at(0).kind, Kind::kString);
}

TEST(RedisReplyReader, ReadsTheSameWhereverTheInputIsCut) {
  const std::string_view input = "*2\r\n$5\r\nhello\r\n:1\r\n+OK\r\n";
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    RedisReplyReader reader;
    std::vector<RedisReply> replies;
    for (const auto part : {input.substr(0, cut), input.substr(cut)}) {
      reader.feed(part);
      while (auto reply = reader.next().value()) replies.push_back(std::move(*reply));
    }
    ASSERT_EQ(replies.size(), 2U) << cut;
    EXPECT_EQ(replies[0].elements[0].text, "hello");
    EXPECT_TRUE(replies[1].is_ok());
  }
}

TEST(RedisReplyReader, RefusesWhatIsNotRedis) {
  for (const std::string_view input : {"HTTP/1.1 400 Bad Request\r\n", "$x\r\n", "*2\r\n!\r\n"}) {
    RedisReplyReader reader;
    reader.feed(input);
    const auto reply = reader.next();
    ASSERT_FALSE(reply) << input;
    EXPECT_EQ(reply.error().code, base::ErrorCode::kBadReply);
  }
}

TEST(RedisReplyReader, RefusesReplyBeyondItsLimits) {
  RedisReplyReader small({.max_bytes = 100, .max_elements = 3});
  small.feed("$1000\r\n" + std::string(100, 'x'));
  EXPECT_EQ(small.next().error().code, base::ErrorCode::kBadReply);
  for (const std::string_view input : {"*4\r\n", "*2\r\n*2\r\n", "*2000000000\r\n"}) {
    RedisReplyReader reader({.max_bytes = 100, .max_elements = 3});
    reader.feed(input);
    EXPECT_FALSE(reader.next()) << input;
  }
}

TEST(RedisReplyReader, CountsItsLimitsForEachReplyAnew) {
  RedisReplyReader reader({.max_bytes = 30, .max_elements = 3});
  for (int i = 0; i < 10; ++i) {
    reader.feed("*3\r\n:1\r\n:2\r\n:3\r\n");
    ASSERT_TRUE(reader.next().value());
    ASSERT_FALSE(reader.next().value());
  }
}

}  // namespace
}  // namespace tollgate::cache
