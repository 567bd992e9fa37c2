#include "base/ids.hpp"

#include <gtest/gtest.h>

#include "base/sha256.hpp"

namespace tollgate::base {
namespace {

TEST(Uuid, CarriesItsTimeAndVersion) {
  SystemRandom random;
  const auto early = Uuid::make(*parse_rfc3339("2026-11-23T14:02:00.123Z"), random);
  const auto late = Uuid::make(*parse_rfc3339("2026-11-23T14:02:00.124Z"), random);
  EXPECT_LT(early, late);
  EXPECT_EQ(early.to_string()[14], '7');
  EXPECT_EQ(Uuid::parse(early.to_string()), early);
}

TEST(Uuid, IsMadeAgainFromItsBytes) {
  SystemRandom random;
  const auto uuid = Uuid::make(Timestamp{}, random);
  EXPECT_EQ(Uuid::from_bytes(uuid.view()), uuid);
  EXPECT_FALSE(Uuid::from_bytes(uuid.view().substr(1)));
}

TEST(Uuid, RefusesOtherText) {
  EXPECT_FALSE(Uuid::parse(""));
  EXPECT_FALSE(Uuid::parse("0193586c-1234-7abc-8def-00000000000"));
  EXPECT_FALSE(Uuid::parse("0193586c-1234-7abc-8def-00000000000g"));
  EXPECT_FALSE(Uuid::parse("0193586c01234-7abc-8def-000000000000"));
}

TEST(Sha256, MatchesTheStandardsExample) {
  EXPECT_EQ(Sha256::of("abc").to_hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256::parse(Sha256::of("abc").to_hex()), Sha256::of("abc"));
}

}  // namespace
}  // namespace tollgate::base
