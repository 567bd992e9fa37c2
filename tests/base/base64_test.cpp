#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace tollgate::base {
namespace {

// RFC 4648, §10.
TEST(Base64, WritesAndReadsTheVectorsOfItsStandard) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, KeepsEveryByte) {
  for (std::size_t size : {1U, 255U, 256U, 257U, 1'000'000U}) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i));
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
}

TEST(Base64, RefusesWhatItDoesNotWrite) {
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zg==\n", " Zg==", "Zh==", "Zm8", "Zm9=", "Zm9v!", "Z===",
                                      "====", "Zm9v====", "Zm=v", "Zm-v", "Zm\0v", "Zm9v\nZm9v", "Zm9vZm9\xc3"}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tollgate::base
