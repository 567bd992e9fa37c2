#include "api/gateway_headers.hpp"

#include <gtest/gtest.h>

namespace tollgate::api {
namespace {

using llm::CacheOutcome;

std::string header(const Reply& reply, std::string_view name) {
  for (const auto& [its_name, value] : reply.headers) {
    if (its_name == name) return value;
  }
  return "(none)";
}

Reply stream(llm::ReplyHead head) {
  Reply reply;
  add_stream_headers(reply, head);
  return reply;
}

TEST(GatewayHeaders, AStreamThatIsBeingMadeHasNoCostYet) {
  const auto reply = stream({.provider = "farm",
                             .model = "llama",
                             .passage = {.cache = CacheOutcome::kMiss, .cache_key = "9f", .attempts = 2}});
  EXPECT_EQ(header(reply, "X-Cache"), "MISS");
  EXPECT_EQ(header(reply, "X-Cache-Key"), "9f");
  EXPECT_EQ(header(reply, "X-Router-Provider"), "farm");
  EXPECT_EQ(header(reply, "X-Router-Model"), "llama");
  EXPECT_EQ(header(reply, "X-Router-Attempts"), "2");
  EXPECT_EQ(header(reply, "X-Router-Cost-USD"), "(none)");
  EXPECT_EQ(header(reply, "Age"), "(none)");
}

TEST(GatewayHeaders, AStreamForWhichNoCallIsMadeIsFree) {
  const auto hit = stream(
      {.passage = {.cache = CacheOutcome::kHit, .age = std::chrono::seconds(0), .ttl = std::chrono::seconds(60)}});
  EXPECT_EQ(header(hit, "X-Router-Cost-USD"), "0");
  EXPECT_EQ(header(hit, "Age"), "0");
  EXPECT_EQ(header(hit, "X-Cache-TTL"), "60");
  const auto shared = stream({.passage = {.cache = CacheOutcome::kCoalesced}});
  EXPECT_EQ(header(shared, "X-Cache"), "COALESCED");
  EXPECT_EQ(header(shared, "X-Router-Cost-USD"), "0");
}

TEST(GatewayHeaders, NoNameOfAModelEndsAHeader) {
  EXPECT_EQ(header(stream({.model = "gpt\r\nSet-Cookie: a"}), "X-Router-Model"), "gpt??Set-Cookie: a");
  Reply whole;
  add_passage_headers(whole, {.text = {}, .model = "gpt\n"});
  EXPECT_EQ(header(whole, "X-Router-Model"), "gpt?");
}

}  // namespace
}  // namespace tollgate::api
