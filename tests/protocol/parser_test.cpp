#include "protocol/parser.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace tollgate::protocol {
namespace {

// The tree with all brackets: "(1 + (2 * 3))".
std::string shape(const Syntax& syntax) {
  const auto child = [&](std::size_t i) { return shape(syntax.children[i]); };
  const auto all = [&](std::size_t from) {
    std::string out;
    for (std::size_t i = from; i < syntax.children.size(); ++i) out += (i > from ? ", " : "") + child(i);
    return out;
  };
  switch (syntax.kind) {
    case Syntax::Kind::kLiteral: return base::to_json(syntax.literal);
    case Syntax::Kind::kName: return syntax.text;
    case Syntax::Kind::kMember: return child(0) + "." + syntax.text;
    case Syntax::Kind::kIndex: return child(0) + "[" + child(1) + "]";
    case Syntax::Kind::kCall: return syntax.text + "(" + all(0) + ")";
    case Syntax::Kind::kMethod: return child(0) + "." + syntax.text + "(" + all(1) + ")";
    case Syntax::Kind::kNot: return "(!" + child(0) + ")";
    case Syntax::Kind::kNegate: return "(-" + child(0) + ")";
    case Syntax::Kind::kBinary:
      return "(" + child(0) + " " + std::string(symbol(syntax.operation)) + " " + child(1) + ")";
    case Syntax::Kind::kConditional: return "(" + child(0) + " ? " + child(1) + " : " + child(2) + ")";
    case Syntax::Kind::kList: return "[" + all(0) + "]";
    case Syntax::Kind::kRecord: return "{" + all(0) + "}";
  }
  return "?";
}

std::string parsed(std::string_view text) {
  const auto syntax = parse_expression(text);
  return syntax ? shape(*syntax) : syntax.error().message;
}

TEST(Parser, BindsOperatorsAsCelDoes) {
  EXPECT_EQ(parsed("a || b && c == d + e * -f"), "(a || (b && (c == (d + (e * (-f))))))");
  EXPECT_EQ(parsed("a * b + c < d && e || f"), "(((((a * b) + c) < d) && e) || f)");
  EXPECT_EQ(parsed("a - b - c"), "((a - b) - c)");
  EXPECT_EQ(parsed("a / b % c * d"), "(((a / b) % c) * d)");
  EXPECT_EQ(parsed("a in b == c"), "((a in b) == c)");
  EXPECT_EQ(parsed("a ? b : c ? d : e"), "(a ? b : (c ? d : e))");
  EXPECT_EQ(parsed("a || b ? c || d : e || f"), "((a || b) ? (c || d) : (e || f))");
  EXPECT_EQ(parsed("!a.b && -c[0] < d.e(f)"), "((!a.b) && ((-c[0]) < d.e(f)))");
  EXPECT_EQ(parsed("{'a': [1, 2.50], 'b': f()}.a[0]"), "{\"a\", [1, 2.5], \"b\", f()}.a[0]");
  EXPECT_EQ(parsed("--1"), "(--1)");
}

TEST(Parser, KeepsTheOffsetOfEachPart) {
  const auto syntax = parse_expression("ab  + cd.ef");
  ASSERT_TRUE(syntax);
  EXPECT_EQ(syntax->offset, 4U);
  EXPECT_EQ(syntax->children[0].offset, 0U);
  EXPECT_EQ(syntax->children[1].offset, 9U);
  EXPECT_EQ(syntax->children[1].children[0].offset, 6U);
}

TEST(Parser, RefusesDeepNestingOfAnyFormBeforeTheStackEnds) {
  constexpr std::size_t kDeep = 10'000;
  const auto repeated = [](std::string_view part) {
    std::string out;
    for (std::size_t i = 0; i < kDeep; ++i) out += part;
    return out;
  };
  const std::string too_deep = "the expression is nested too deeply";
  EXPECT_EQ(parsed(repeated("(") + "1" + repeated(")")), too_deep);
  EXPECT_EQ(parsed(repeated("[") + "1" + repeated("]")), too_deep);
  EXPECT_EQ(parsed(repeated("{'a':") + "1" + repeated("}")), too_deep);
  EXPECT_EQ(parsed(repeated("f(") + "1" + repeated(")")), too_deep);
  EXPECT_EQ(parsed(repeated("!") + "a"), too_deep);
  EXPECT_EQ(parsed(repeated("- ") + "a"), too_deep);
  EXPECT_EQ(parsed(repeated("a ? b : ") + "c"), too_deep);
  EXPECT_EQ(parsed("a" + repeated(".b")), too_deep);
  EXPECT_EQ(parsed("a" + repeated("[0]")), too_deep);
  EXPECT_EQ(parsed("a" + repeated(" + a")), too_deep);
  EXPECT_EQ(parsed("a" + repeated(".f(1)")), too_deep);
}

TEST(Parser, TakesTheNestingThatCelDemands) {
  const auto repeated = [](std::string_view part, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += part;
    return out;
  };
  EXPECT_TRUE(parse_expression(repeated("(", 32) + "1" + repeated(")", 32)));
  EXPECT_TRUE(parse_expression(repeated("a ? b : ", 24) + "c"));
  EXPECT_TRUE(parse_expression("a" + repeated(" || a", 100)));
  EXPECT_TRUE(parse_expression("a" + repeated(" + a", 100)));
  EXPECT_TRUE(parse_expression("a" + repeated(".b", 12)));
  EXPECT_TRUE(parse_expression("[" + repeated("1, ", 300) + "1]"));
}

}  // namespace
}  // namespace tollgate::protocol
