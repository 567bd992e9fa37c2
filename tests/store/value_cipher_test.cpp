#include "store/value_cipher.hpp"

#include <set>

#include <gtest/gtest.h>

namespace tollgate::store {
namespace {

using base::ErrorCode;

EncryptionKey key_of(std::uint8_t byte) {
  EncryptionKey key;
  key.bytes.fill(byte);
  return key;
}

class ValueCipherTest : public testing::Test {
 protected:
  static ErrorCode refusal(const base::Result<std::string>& opened) {
    EXPECT_FALSE(opened) << *opened;
    return opened ? ErrorCode::kInternal : opened.error().code;
  }

  const base::SessionId session_ = *base::SessionId::parse("01890000-0000-7000-8000-000000000001");
  const base::SessionId other_ = *base::SessionId::parse("01890000-0000-7000-8000-000000000002");
  const Place place_ = place_of_input(session_, "answer", "q1", 1);
  const ValueCipher cipher_{{key_of(1)}, PlainValues::kRefused};
  const ValueCipher rotated_{{key_of(2), key_of(1)}, PlainValues::kRefused};
};

TEST_F(ValueCipherTest, OpensWhatItSealed) {
  for (const auto& plain : {std::string(), std::string("{}"), std::string(100'000, 'x'), std::string("\0\xff", 2)}) {
    EXPECT_EQ(*cipher_.open_text(cipher_.seal_text(plain, place_), place_, "it"), plain);
    EXPECT_EQ(*cipher_.open_bytes(cipher_.seal_bytes(plain, place_), place_, "it"), plain);
  }
}

TEST_F(ValueCipherTest, HidesTheValueAndNamesItsKey) {
  const auto sealed = cipher_.seal_text("clinicians can override", place_);
  EXPECT_EQ(sealed.find("override"), std::string::npos);
  EXPECT_EQ(sealed_key_id(sealed), key_of(1).id());
  EXPECT_EQ(sealed_key_id(cipher_.seal_bytes("x", place_)), key_of(1).id());
  for (const char c : sealed) EXPECT_TRUE(c > ' ' && c < '\x7f');
  EXPECT_NE(sealed, cipher_.seal_text("clinicians can override", place_));  // equal values look different
}

TEST_F(ValueCipherTest, OpensAtItsOwnPlaceOnly) {
  const auto sealed = cipher_.seal_text("true", place_);
  for (const auto& elsewhere :
       {place_of_input(other_, "answer", "q1", 1), place_of_input(session_, "waiver", "q1", 1),
        place_of_input(session_, "answer", "q2", 1), place_of_input(session_, "answer", "q1", 2),
        place_of_outcome(session_, "answer", "q1", 1), place_of_event(session_, "answer", 1),
        place_of_settings(session_), place_of_checkpoint(session_, 1), place_of_blob(base::Sha256::of("q1"))}) {
    EXPECT_EQ(refusal(cipher_.open_text(sealed, elsewhere, "it")), ErrorCode::kCorrupt) << elsewhere.part;
  }
}

TEST_F(ValueCipherTest, TellsPlacesApartWhoseNamesRunTogether) {
  std::set<std::string> texts;
  for (const auto& place : {place_of_input(session_, "ab", "c", 1), place_of_input(session_, "a", "bc", 1),
                            place_of_input(session_, "abc", "", 1), place_of_input(session_, "ab", "c1", 1),
                            place_of_input(session_, "ab", "c", 11)}) {
    texts.insert(place.to_text());
  }
  EXPECT_EQ(texts.size(), 5U);
}

TEST_F(ValueCipherTest, DoesNotOpenWhatWasChanged) {
  const auto sealed = cipher_.seal_bytes("true", place_);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(cipher_.open_bytes(changed, place_, "it")) << i;
    EXPECT_FALSE(cipher_.open_bytes(sealed.substr(0, i), place_, "it")) << i;
  }
  EXPECT_FALSE(cipher_.open_text(cipher_.seal_text("true", place_) + "A", place_, "it"));
  EXPECT_FALSE(cipher_.open_text(cipher_.seal_text("true", place_) + "!", place_, "it"));
}

TEST_F(ValueCipherTest, SealsWithItsFirstKeyAndOpensWithAll) {
  EXPECT_EQ(*rotated_.open_text(cipher_.seal_text("old", place_), place_, "it"), "old");
  const auto sealed = rotated_.seal_text("new", place_);
  EXPECT_EQ(sealed_key_id(sealed), key_of(2).id());
  EXPECT_EQ(*rotated_.open_text(sealed, place_, "it"), "new");
}

TEST_F(ValueCipherTest, SaysWhichKeyIsMissingAndWhereToPutIt) {
  const auto opened = cipher_.open_text(rotated_.seal_text("new", place_), place_, "answer q1");
  EXPECT_EQ(refusal(opened), ErrorCode::kUnavailable);
  EXPECT_EQ(opened.error().message,
            "answer q1 is encrypted with the key " + key_of(2).id() +
                ", which this process does not have: add it to TOLLGATE_ENCRYPTION_OLD_KEYS and start again");
}

TEST_F(ValueCipherTest, TakesPlainValuesOnlyWhereTheyMayBe) {
  EXPECT_EQ(refusal(cipher_.open_text("\"forged\"", place_, "it")), ErrorCode::kCorrupt);
  const ValueCipher lenient({key_of(1)}, PlainValues::kAccepted);
  EXPECT_EQ(*lenient.open_text("\"plain\"", place_, "it"), "\"plain\"");
  EXPECT_EQ(*lenient.open_text(cipher_.seal_text("x", place_), place_, "it"), "x");
}

TEST_F(ValueCipherTest, LeavesValuesAsTheyAreWithoutAKey) {
  const ValueCipher none;
  EXPECT_EQ(none.seal_text("x", place_), "x");
  EXPECT_EQ(none.seal_bytes("x", place_), "x");
  EXPECT_EQ(*none.open_text("x", place_, "it"), "x");
  const auto lookalike = cipher_.seal_bytes("x", place_);  // somebody's file may begin like this
  EXPECT_EQ(*none.open_bytes(lookalike, place_, "it"), lookalike);
}

TEST_F(ValueCipherTest, TellsAFileThatLooksSealedByItsDigest) {
  const auto lookalike = cipher_.seal_bytes("x", place_);
  EXPECT_TRUE(is_plain_blob(lookalike, base::Sha256::of(lookalike)));
  EXPECT_FALSE(is_plain_blob(lookalike, base::Sha256::of("x")));
  EXPECT_TRUE(is_plain_blob("x", base::Sha256::of("y")));
}

}  // namespace
}  // namespace tollgate::store
