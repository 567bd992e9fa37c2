#include "protocol/source.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"

namespace tollgate::protocol {
namespace {

std::string complaint(std::string_view yaml) {
  const auto tree = parse_yaml(yaml, "a.yaml");
  if (tree) return "accepted";
  const auto& error = tree.error();
  return fmt::format("{}:{}: {} | {}", error.file, error.line, error.message, error.hint);
}

std::string as_json(std::string_view yaml) {
  const auto tree = parse_yaml(yaml, "a.yaml");
  return tree ? base::to_json(to_value(*tree)) : to_string(tree.error());
}

TEST(Source, RemembersWhereEachValueBegins) {
  const auto tree = parse_yaml("# comment\na: 1\nb:\n  - x\n  - {c: y}\n", "a.yaml");
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->find("a")->at.line, 2);
  EXPECT_EQ(tree->find("a")->at.column, 4);
  EXPECT_EQ(tree->members[1].first.at.line, 3);
  EXPECT_EQ(tree->find("b")->items[1].find("c")->at.line, 5);
  EXPECT_EQ(*tree->find("b")->items[1].at.file, "a.yaml");
}

TEST(Source, TakesQuotedScalarsAsTextAndPlainOnesByTheirForm) {
  EXPECT_EQ(as_json("[1, \"1\", 1.10, 1.1, 01, -3, true, \"true\", yes, null, ~, '', 2027-01-31, 1e3]"),
            R"([1,"1","1.10",1.1,"01",-3,true,"true","yes",null,null,"","2027-01-31","1e3"])");
}

TEST(Source, ReadsBlockScalars) {
  EXPECT_EQ(as_json("a: |\n  one\n  two\nb: >-\n  one\n  two\nc: |\n  12\n"),
            R"({"a":"one\ntwo\n","b":"one two","c":"12\n"})");
}

TEST(Source, ExpandsAliases) {
  EXPECT_EQ(as_json("a: &x {k: [1, 2]}\nb: *x\n"), R"({"a":{"k":[1,2]},"b":{"k":[1,2]}})");
}

TEST(Source, RefusesEveryKindOfBrokenText) {
  EXPECT_EQ(complaint(""), "a.yaml:1: the file is empty | ");
  EXPECT_EQ(complaint("a: 1\nb: 2\na: 3\n"), "a.yaml:3: the key 'a' occurs twice | remove or rename one of them");
  EXPECT_EQ(complaint("a: 1\n---\nb: 2\n"),
            "a.yaml:3: the file holds more than one document | remove what follows `---`");
  EXPECT_EQ(complaint("a: 1\nb: \xff\n"), "a.yaml:2: byte 8 is not valid UTF-8 | save the file as UTF-8");
  EXPECT_EQ(complaint("a: 1\n? [x, y]\n: 2\n"), "a.yaml:2: a key must be a plain word | write `key: value`");
  EXPECT_EQ(complaint("a: &x [*x]\n"), "a.yaml:1: an alias may not refer to the value it stands in | ");
  EXPECT_NE(complaint("a:\n\tb: 1\n").find("a.yaml:2: this is not valid YAML"), std::string::npos)
      << complaint("a:\n\tb: 1\n");
  EXPECT_NE(complaint("a: [1, 2\n").find("this is not valid YAML"), std::string::npos);
  EXPECT_NE(complaint("a: b: c\n").find("quote texts that contain ': '"), std::string::npos);
}

TEST(Source, RefusesControlCharactersThatWouldEndTheFileUnseen) {
  EXPECT_EQ(complaint("a: 1\nb: x\x04\nc: 2\n"), "a.yaml:2: the file holds the control character 0x04 | remove it");
  EXPECT_EQ(complaint(std::string_view("a: 1\0b", 6)),
            "a.yaml:1: the file holds the control character 0x00 | remove it");
  EXPECT_EQ(as_json("a: x\ty\r\nb: 2\r\n"), R"({"a":"x\ty","b":2})");
}

TEST(Source, BoundsSize) {
  const std::string fits = "a: " + std::string(kMaxSourceBytes - 4, 'x') + "\n";
  EXPECT_EQ(complaint(fits), "accepted");
  EXPECT_EQ(
      complaint(fits + "b"),
      "a.yaml:0: the file has 1048577 bytes, more than the 1048576 allowed | split it with include:, or shorten it");
}

TEST(Source, BoundsNesting) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_EQ(complaint(nested(64)), "accepted");
  EXPECT_EQ(complaint(nested(65)), "a.yaml:1: values are nested more than 64 levels deep | ");
  EXPECT_NE(complaint(nested(5000)), "accepted");
}

TEST(Source, BoundsNestingThroughAliases) {
  const std::string deep = std::string(40, '[') + "x" + std::string(40, ']');
  EXPECT_EQ(complaint("a: &a " + deep + "\nb: " + std::string(40, '[') + "*a" + std::string(40, ']') + "\n"),
            "a.yaml:2: values are nested more than 64 levels deep | ");
}

TEST(Source, BoundsWhatAliasesExpandTo) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    bomb +=
        fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  }
  EXPECT_NE(complaint(bomb).find("the document has more than 100000 values | split it, or use fewer aliases"),
            std::string::npos)
      << complaint(bomb);
}

TEST(Source, BoundsWhatAnchorsInsideEachOtherCopy) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += fmt::format("&a{} [", i);
  for (int i = 0; i < 40'000; ++i) text += "x,";
  EXPECT_EQ(complaint(text + std::string(60, ']')),
            "a.yaml:1: anchors hold more than 100000 values | use fewer anchors");
}

TEST(Source, BoundsKeysSoThatTheirCanonicalFormCanBeRead) {
  EXPECT_EQ(complaint("? " + std::string(161, 'k') + "\n: 1\n"),
            "a.yaml:1: a key has more than 160 bytes | write `key: value`");
  std::string escapes;
  for (int i = 0; i < 160; ++i) escapes += "\\x01";
  const auto tree = parse_yaml("? \"" + escapes + "\"\n: 1\n", "a.yaml");
  ASSERT_TRUE(tree);
  EXPECT_TRUE(parse_yaml(to_canonical(*tree), "b.yaml"));
}

// Equal in everything but positions and the quotes of what is text either way.
bool same_meaning(const SourceNode& a, const SourceNode& b) {
  return to_value(a) == to_value(b);
}

TEST(Source, ReadsItsCanonicalFormBackAsTheSame) {
  for (const std::string_view yaml :
       {"a: 1\nb: 1.10\nc: \"1\"\nd: [x, yes, null, '', 'a: b', \"tab\\t \\u0004 \\x7f \\x85 \\u2028 \\uFEFF \\\"q\\\" "
        "\\\\\"]\n",
        "[]", "{}", "x", "a: |\n  long\n  text\nb: >-\n  folded\n  text\n",
        "z: 1\na: {z: [1, 2.50, -0, +5, 007, 1e3, .5, -.5, 5.]}\n", "a: &x {k: v}\nb: *x\n", "'quoted key': ü€𝄞\n",
        "a: 'null'\nb: null\nc: '~'\nd: 'true'\ne: true\n"}) {
    const auto tree = parse_yaml(yaml, "a.yaml");
    ASSERT_TRUE(tree) << yaml;
    const std::string canonical = to_canonical(*tree);
    const auto again = parse_yaml(canonical, "b.yaml");
    ASSERT_TRUE(again) << canonical << to_string(again.error());
    EXPECT_TRUE(same_meaning(*tree, *again)) << yaml << "\n" << canonical;
    EXPECT_EQ(to_canonical(*again), canonical);
  }
}

TEST(Source, KeepsTheOrderOfKeysInItsCanonicalForm) {
  EXPECT_EQ(to_canonical(*parse_yaml("z: 1\na: [true, x]\n", "a.yaml")), "{\n\"z\": 1,\n\"a\": [\ntrue,\n\"x\"]}");
}

}  // namespace
}  // namespace tollgate::protocol
