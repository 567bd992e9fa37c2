#include "store/encryption_key.hpp"

#include <gtest/gtest.h>

namespace tollgate::store {
namespace {

constexpr std::string_view kHex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

TEST(EncryptionKey, IsReadFromHexAndFromEitherBase64) {
  const auto key = parse_encryption_key(kHex);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->bytes[1], 1);
  EXPECT_EQ(key->bytes[31], 0xff);
  EXPECT_EQ(*parse_encryption_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8="), *key);
  EXPECT_EQ(*parse_encryption_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8\n"), *key);
  EXPECT_EQ(*parse_encryption_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8"), *key);
  EXPECT_EQ(*parse_encryption_key("_-ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8"),
            *parse_encryption_key("/+ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8="));
}

TEST(EncryptionKey, RefusesEverythingElseWithoutRepeatingIt) {
  for (const std::string_view text :
       {"", "secret", "000102", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1efg",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8AAA=="}) {
    const auto key = parse_encryption_key(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_NE(key.error().message.find("tollgate encryption new-key"), std::string::npos);
    if (!text.empty()) EXPECT_EQ((key.error().message + key.error().detail).find(text), std::string::npos);
  }
}

TEST(EncryptionKey, IsNamedByAShortHash) {
  const auto key = *parse_encryption_key(kHex);
  EXPECT_EQ(key.id().size(), 16U);
  EXPECT_EQ(kHex.find(key.id()), std::string_view::npos);
  EXPECT_NE(key.id(), EncryptionKey{}.id());
}

TEST(EncryptionKey, SeveralAreSeparatedByCommasOrWhiteSpace) {
  const auto one = new_key_text();
  const auto two = new_key_text();
  const auto keys = parse_encryption_keys(" " + one + ",\n" + two + "\n");
  ASSERT_TRUE(keys);
  EXPECT_EQ(*keys, (EncryptionKeys{*parse_encryption_key(one), *parse_encryption_key(two)}));
  EXPECT_TRUE(parse_encryption_keys("")->empty());
  EXPECT_FALSE(parse_encryption_keys(one + ",no"));
}

TEST(EncryptionKey, IsNewEachTimeOneIsMade) {
  const auto one = new_key_text();
  EXPECT_TRUE(parse_encryption_key(one));
  EXPECT_NE(one, new_key_text());
}

}  // namespace
}  // namespace tollgate::store
