#include "charter/links.hpp"

#include <gtest/gtest.h>

namespace tollgate::charter {
namespace {

TEST(Links, LetOnlyWebAddressesThrough) {
  EXPECT_EQ(safe_url("https://example.com/a?b=1&c=2#d"), "https://example.com/a?b=1&c=2#d");
  EXPECT_EQ(safe_url("HTTP://example.com"), "HTTP://example.com");
  for (const auto* bad : {"javascript:alert(1)", "java\nscript:alert(1)", " https://x", "data:text/html,x", "//host/x",
                          "https://", "http:///x", "mailto:a@b.c", "file:///etc/passwd", ""}) {
    EXPECT_FALSE(safe_url(bad)) << bad;
  }
  EXPECT_FALSE(safe_url("https://e.com/" + std::string(2000, 'x')));
}

TEST(Links, EncodeWhatWouldNeedQuoting) {
  EXPECT_EQ(safe_url("https://e.com/a b\"'<>()[]|\\é"), "https://e.com/a%20b%22%27%3C%3E%28%29%5B%5D%7C%5C%C3%A9");
}

TEST(Links, AnchorsAreNamesThatNeedNoEscape) {
  EXPECT_TRUE(is_anchor("stage-3.data_quality"));
  for (const auto* bad : {"", "3rd", "a b", "a\"b", "é"}) EXPECT_FALSE(is_anchor(bad)) << bad;
}

}  // namespace
}  // namespace tollgate::charter
