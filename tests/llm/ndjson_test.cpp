#include "llm/ndjson.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::llm {
namespace {

std::vector<std::string> lines_of(const std::vector<std::string_view>& pieces) {
  NdjsonSplitter splitter;
  std::vector<std::string> lines;
  const LineSink keep = [&](std::string_view line) {
    lines.emplace_back(line);
    return base::Status{};
  };
  for (const auto piece : pieces) EXPECT_TRUE(splitter.feed(piece, keep).has_value());
  EXPECT_TRUE(splitter.finish(keep).has_value());
  return lines;
}

TEST(Ndjson, GivesTheSameLinesWhereverTheInputIsCut) {
  const std::string_view text = "{\"a\":1}\r\n\n{\"b\":2}\n{\"c\":3}";
  const std::vector<std::string> expected = {"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"};
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(lines_of({text.substr(0, cut), text.substr(cut)}), expected) << cut;
  }
}

TEST(Ndjson, RefusesALineBeyondTheBound) {
  NdjsonSplitter splitter(8);
  const auto status = splitter.feed("123456789", [](std::string_view) { return base::Status{}; });
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, base::ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace tollgate::llm
