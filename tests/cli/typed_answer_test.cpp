#include "cli/typed_answer.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "cli/dialogue.hpp"
#include "protocol/compiler.hpp"

namespace tollgate::cli {
namespace {

constexpr const char* kProtocol = R"(
tollgate: 1
id: types
version: 1.0.0
title: Types
enums:
  place:
    eu: {label: "EU, or EEA"}
    us: {label: United States}
    other: {label: Any other}
records:
  person: {fields: {name: text!, age: int}}
stages:
  - id: A
    title: All
    groups:
      - id: g
        title: Group
        questions:
          - {id: place, type: enum<place>!, ask: "Where?"}
          - {id: places, type: multi_enum<place>!, ask: "Where else?"}
          - {id: share, type: percent!, ask: "How much?"}
          - {id: tags, type: "text[]!", ask: "Which?"}
          - {id: people, type: table<person>!, ask: "Who?", min: 1}
          - {id: deputies, type: "ref<A.people.name>[]", ask: "Who stands in?"}
decisions:
  profiles: {default: [{id: D1, when: "true", then: proceed}]}
)";

class TypedAnswer : public testing::Test {
 protected:
  std::string read(const std::string& question, std::string_view text) const {
    const auto value = read_typed(slot_of(*compiled_.protocol->find_question(question)), text);
    return value ? base::to_json(*value) : "error: " + value.error().message;
  }
  protocol::CompileResult compiled_ = protocol::compile_text(kProtocol);
};

TEST_F(TypedAnswer, TakesAChoiceByNumberNameOrLabel) {
  EXPECT_EQ(read("A.place", "2"), R"("us")");
  EXPECT_EQ(read("A.place", "US"), R"("us")");
  EXPECT_EQ(read("A.place", " united states "), R"("us")");
  EXPECT_EQ(read("A.place", "4"), "error: '4' is none of the choices; write a number from 1 to 3, or a name");
}

TEST_F(TypedAnswer, TakesSeveralChoicesWithCommasBetween) {
  EXPECT_EQ(read("A.places", "1, other"), R"(["eu","other"])");
  EXPECT_EQ(read("A.places", "[us, other]"), R"(["us","other"])");
  EXPECT_EQ(read("A.places", "none"), "error: at least 1 element is needed");
}

TEST_F(TypedAnswer, TakesALabelThatHoldsAComma) {
  EXPECT_EQ(read("A.places", "EU, or EEA"), R"(["eu"])");
}

TEST_F(TypedAnswer, SplitsShortTextsAtSemicolons) {
  EXPECT_EQ(read("A.tags", "a, b; c ;"), R"(["a, b","c"])");
}

TEST_F(TypedAnswer, TakesNamesOfRowsAsAList) {
  EXPECT_EQ(read("A.deputies", "Anna; Ben"), R"(["Anna","Ben"])");
  EXPECT_EQ(read("A.deputies", "[Anna, Ben]"), R"(["Anna","Ben"])");
  EXPECT_EQ(read("A.deputies", "- Anna\n- Ben"), R"(["Anna","Ben"])");
  EXPECT_EQ(read("A.deputies", "none"), "[]");
}

TEST_F(TypedAnswer, RefusesWhatIsAmbiguousWithTheCure) {
  EXPECT_NE(read("A.share", "0.4").find("write one of these with the sign"), std::string::npos);
  EXPECT_EQ(read("A.share", "40 %"), "40");
}

TEST_F(TypedAnswer, ReadsPastedRows) {
  EXPECT_EQ(read("A.people", "- {name: Anna, age: 40}\n- name: Ben"), R"([{"age":40,"name":"Anna"},{"name":"Ben"}])");
  EXPECT_EQ(read("A.people", "[{name: Anna, age: old}]"),
            "error: row 1, age: 'old' is no number; write for example 12");
  EXPECT_NE(read("A.people", "- {name: [").find("the list cannot be read"), std::string::npos);
}

TEST(Commands, AreKnownByTheirWordAndCarryTheirArgument) {
  const auto call = parse_command("/Edit  S1.price ");
  ASSERT_TRUE(call && *call);
  EXPECT_EQ((*call)->command, Command::kEdit);
  EXPECT_EQ((*call)->argument, "S1.price");
}

TEST(Commands, ListThemselvesWhenOneIsUnknown) {
  const auto call = parse_command("/bak");
  ASSERT_TRUE(call && !*call);
  EXPECT_NE(call->error().message.find("There is no command /bak"), std::string::npos);
  EXPECT_NE(call->error().message.find("/edit ID"), std::string::npos);
}

TEST(Commands, LeaveAnswersAlone) {
  EXPECT_FALSE(parse_command("/var/log is full twice a week"));
  EXPECT_FALSE(parse_command(" /quit is what people type"));
  EXPECT_FALSE(parse_command("Why? Because of the price."));
}

}  // namespace
}  // namespace tollgate::cli
