#include "charter/value_block.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/compiler.hpp"
#include "tests/charter/outline.hpp"

namespace tollgate::charter {
namespace {

using base::Value;

constexpr std::string_view kProtocol = R"(
tollgate: 1
id: lists
version: 1.0.0
title: Lists
enums:
  place: {eu: {label: The EU}, us: {label: The US}}
records:
  person: {fields: {name: text!}}
stages:
  - id: A
    title: All
    groups:
      - id: g
        title: Group
        questions:
          - {id: people, type: table<person>!, ask: "Who?"}
          - {id: deputies, type: "ref<A.people.name>[]", ask: "Who stands in?"}
          - {id: places, type: multi_enum<place>, ask: "Where?"}
decisions:
  profiles: {default: [{id: D1, when: "true", then: proceed}]}
)";

class ValueBlock : public testing::Test {
 protected:
  const protocol::Question& question(std::string_view name) const { return *compiled_.protocol->find_question(name); }
  std::string fact(std::string_view name, const Value& value) const {
    const auto text = as_fact(question(name), value);
    return text ? outline(*text) : "no fact";
  }
  std::string printed(std::string_view name, const Value& value) const {
    Document document;
    document.blocks = as_blocks(*compiled_.protocol, question(name), value);
    return outline(document);
  }
  protocol::CompileResult compiled_ = protocol::compile_text(kProtocol);
};

TEST_F(ValueBlock, PrintsNamesOfRowsOneALine) {
  const Value names = Value::List{"Anna", "Ben"};
  EXPECT_EQ(fact("A.deputies", names), "no fact");
  EXPECT_THAT(printed("A.deputies", names), testing::HasSubstr("- Anna\n- Ben\n"));
}

TEST_F(ValueBlock, PrintsOneNameAsAFact) {
  EXPECT_EQ(fact("A.deputies", Value::List{"Anna"}), "Anna");
  EXPECT_EQ(fact("A.deputies", Value::List{}), "none");
}

TEST_F(ValueBlock, PrintsChoicesAsAFact) {
  EXPECT_EQ(fact("A.places", Value::List{"eu", "us"}), "The EU; The US");
}

}  // namespace
}  // namespace tollgate::charter
