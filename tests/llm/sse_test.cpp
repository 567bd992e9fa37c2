#include "llm/sse.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::llm {
namespace {

struct Parsed {
  std::vector<SseEvent> events;
  base::Status status;
  friend bool operator==(const Parsed& a, const Parsed& b) {
    return a.events == b.events && a.status.has_value() == b.status.has_value();
  }
};

Parsed parse(const std::vector<std::string_view>& pieces, SseLimits limits = {}) {
  SseParser parser(limits);
  Parsed parsed;
  const SseSink keep = [&](const SseEvent& event) {
    parsed.events.push_back(event);
    return base::Status{};
  };
  for (const auto piece : pieces) {
    parsed.status = parser.feed(piece, keep);
    if (!parsed.status) break;
  }
  return parsed;
}

std::vector<std::string> data_of(std::string_view text) {
  std::vector<std::string> data;
  for (const auto& event : parse({text}).events) data.push_back(event.data);
  return data;
}

using Strings = std::vector<std::string>;

const std::string kSample =
    "\xEF\xBB\xBF: hello\r\n\r\nevent: message_start\r\ndata: {\"a\":1}\r\nid: 7\r\n\r\ndata: one\ndata:two\rdata\r\r"
    "retry: 10\nunknown: x\ndata:  spaced \n\nevent: ping\n\n:\ndata: \xC3\xA9\r\n\ndata: cut off";

TEST(Sse, ReadsNamedEventsIdsAndMultiLineData) {
  const auto parsed = parse({kSample});
  ASSERT_TRUE(parsed.status.has_value());
  const std::vector<SseEvent> expected = {{"message_start", "{\"a\":1}", "7"},
                                          {"message", "one\ntwo\n", "7"},
                                          {"message", " spaced ", "7"},
                                          {"message", "\xC3\xA9", "7"}};
  EXPECT_EQ(parsed.events, expected);
}

TEST(Sse, GivesTheSameEventsWhereverTheInputIsCut) {
  const auto whole = parse({kSample});
  const std::string_view text = kSample;
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      const auto cut = parse({text.substr(0, first), text.substr(first, second - first), text.substr(second)});
      ASSERT_EQ(cut, whole) << first << "," << second;
    }
  }
}

TEST(Sse, EndsLinesWithLfCrOrBoth) {
  EXPECT_EQ(data_of("data: a\n\ndata: b\r\rdata: c\r\n\r\n"), (Strings{"a", "b", "c"}));
  EXPECT_EQ(data_of("data: a\r\ndata: b\n\n"), Strings{"a\nb"});
}

TEST(Sse, DropsAnEventThatTheEndCutsOff) {
  EXPECT_EQ(data_of("data: whole\n\ndata: cut\n"), Strings{"whole"});
  EXPECT_EQ(data_of("data: cut"), Strings{});
}

TEST(Sse, AnEventWithoutDataIsNone) {
  EXPECT_EQ(data_of("event: ping\n\nid: 3\n\n\n\n"), Strings{});
  EXPECT_EQ(data_of("data\n\n"), Strings{""});
}

TEST(Sse, DropsAByteOrderMarkOnlyAtTheStart) {
  EXPECT_EQ(data_of("\xEF\xBB\xBF"
                    "data: a\n\n\xEF\xBB\xBF"
                    "data: b\n\n"),
            Strings{"a"});
}

TEST(Sse, RefusesLinesAndEventsBeyondTheirBoundsWhereverTheInputIsCut) {
  const SseLimits limits{20, 30};
  const std::string long_line = "data: ok\n\ndata: 0123456789abcdef\n\n";
  const std::string long_event = "data: ok\n\ndata: 0123456789\ndata: 0123456789\ndata: 0123456789\n\n";
  for (const std::string_view text : {std::string_view(long_line), std::string_view(long_event)}) {
    const auto whole = parse({text}, limits);
    ASSERT_FALSE(whole.status.has_value());
    EXPECT_EQ(whole.status.error().code, base::ErrorCode::kTooLarge);
    EXPECT_EQ(whole.events.size(), 1U);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      EXPECT_EQ(parse({text.substr(0, cut), text.substr(cut)}, limits), whole) << cut;
    }
  }
}

TEST(Sse, StaysFailedAfterAnError) {
  SseParser parser({4, 4});
  const SseSink ignore = [](const SseEvent&) { return base::Status{}; };
  EXPECT_FALSE(parser.feed("data: long", ignore).has_value());
  EXPECT_FALSE(parser.feed("\n\n", ignore).has_value());
}

TEST(Sse, ReturnsTheSinksError) {
  SseParser parser;
  const SseSink refuse = [](const SseEvent&) { return base::fail(base::ErrorCode::kBadReply, "no"); };
  const auto status = parser.feed("data: a\n\ndata: b\n\n", refuse);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "no");
}

}  // namespace
}  // namespace tollgate::llm
