#include "protocol/parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/text.hpp"
#include "protocol/lexer.hpp"

namespace tollgate::protocol {
namespace {

using Parsed = std::expected<Syntax, ExpressionError>;

constexpr std::size_t kMaxNesting = 100;  // open brackets, branches and unary operators at one point
constexpr std::size_t kMaxExcerpt = 40;

struct BinaryOperator {
  std::string_view text;
  Operator operation;
  int precedence;
};
constexpr int kRelation = 3;
constexpr std::array<BinaryOperator, 14> kBinaryOperators = {{{"||", Operator::kOr, 1},
                                                              {"&&", Operator::kAnd, 2},
                                                              {"==", Operator::kEqual, kRelation},
                                                              {"!=", Operator::kNotEqual, kRelation},
                                                              {"<", Operator::kLess, kRelation},
                                                              {"<=", Operator::kLessOrEqual, kRelation},
                                                              {">", Operator::kGreater, kRelation},
                                                              {">=", Operator::kGreaterOrEqual, kRelation},
                                                              {"in", Operator::kIn, kRelation},
                                                              {"+", Operator::kAdd, 4},
                                                              {"-", Operator::kSubtract, 4},
                                                              {"*", Operator::kMultiply, 5},
                                                              {"/", Operator::kDivide, 5},
                                                              {"%", Operator::kRemainder, 5}}};

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Parsed run() {
    TRY(auto root, expression());
    if (peek().kind != Token::Kind::kEnd) return unexpected_token("an operator or the end");
    return root;
  }

 private:
  // Counts one level of nesting for as long as it lives.
  class Level {
   public:
    explicit Level(std::size_t& depth) : depth_(depth) { ++depth_; }
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    std::size_t& depth_;
  };

  const Token& peek() const { return tokens_[at_]; }
  Token take() {
    Token token = tokens_[at_];
    if (token.kind != Token::Kind::kEnd) ++at_;
    return token;
  }
  bool accept(std::string_view punctuator) {
    if (!peek().is(punctuator)) return false;
    ++at_;
    return true;
  }

  std::unexpected<ExpressionError> failure(std::size_t offset, std::string message, std::string hint = {}) const {
    return std::unexpected(ExpressionError{offset, std::move(message), std::move(hint)});
  }
  std::unexpected<ExpressionError> unexpected_token(std::string_view wanted) const {
    const Token& token = peek();
    if (token.kind == Token::Kind::kEnd) {
      return failure(token.offset, fmt::format("the expression ends where {} should be", wanted));
    }
    std::string hint;
    if (token.is_name("and")) hint = "write && for 'and'";
    if (token.is_name("or")) hint = "write || for 'or'";
    return failure(token.offset,
                   fmt::format("unexpected '{}', expected {}", base::shortened(token.text, kMaxExcerpt), wanted),
                   std::move(hint));
  }
  std::unexpected<ExpressionError> too_deep(std::size_t offset) const {
    return failure(offset, "the expression is nested too deeply", "move a part of it into a derived question");
  }

  Parsed node(Syntax syntax) const {
    for (const auto& child : syntax.children) syntax.height = std::max(syntax.height, child.height + 1);
    if (syntax.height > kMaxSyntaxHeight) return too_deep(syntax.offset);
    return syntax;
  }
  template <typename... Children>
  Parsed node(Syntax::Kind kind, std::size_t offset, std::string text, Children... children) const {
    Syntax syntax{kind, offset, std::move(text)};
    syntax.children.reserve(sizeof...(children));
    (syntax.children.push_back(std::move(children)), ...);
    return node(std::move(syntax));
  }

  Parsed expression() {
    const Level level(depth_);
    if (depth_ > kMaxNesting) return too_deep(peek().offset);
    TRY(auto condition, binary(1));
    const std::size_t offset = peek().offset;
    if (!accept("?")) return condition;
    TRY(auto when_true, binary(1));
    if (!accept(":")) return unexpected_token("':' and the other branch of '?'");
    TRY(auto when_false, expression());
    return node(Syntax::Kind::kConditional, offset, "?", std::move(condition), std::move(when_true),
                std::move(when_false));
  }

  const BinaryOperator* binary_operator() const {
    const Token& token = peek();
    const auto it =
        std::find_if(kBinaryOperators.begin(), kBinaryOperators.end(), [&](const BinaryOperator& candidate) {
          return token.is(candidate.text) || (candidate.operation == Operator::kIn && token.is_name("in"));
        });
    return it == kBinaryOperators.end() ? nullptr : &*it;
  }

  Parsed binary(int min_precedence) {
    TRY(auto left, unary());
    for (;;) {
      const BinaryOperator* found = binary_operator();
      if (found == nullptr || found->precedence < min_precedence) return left;
      const std::size_t offset = take().offset;
      TRY(auto right, binary(found->precedence + 1));
      Syntax syntax{Syntax::Kind::kBinary, offset};
      syntax.operation = found->operation;
      syntax.children.push_back(std::move(left));
      syntax.children.push_back(std::move(right));
      TRY(left, node(std::move(syntax)));
    }
  }

  Parsed unary() {
    const Level level(depth_);
    const std::size_t offset = peek().offset;
    if (depth_ > kMaxNesting) return too_deep(offset);
    if (accept("!")) {
      TRY(auto operand, unary());
      return node(Syntax::Kind::kNot, offset, "!", std::move(operand));
    }
    if (accept("-")) {
      // The sign belongs to the literal, or the smallest int could not be written.
      if (peek().kind == Token::Kind::kInt || peek().kind == Token::Kind::kDecimal) {
        TRY(auto literal, number("-", offset));
        return postfix(std::move(literal));
      }
      TRY(auto operand, unary());
      return node(Syntax::Kind::kNegate, offset, "-", std::move(operand));
    }
    TRY(auto operand, primary());
    return postfix(std::move(operand));
  }

  Parsed postfix(Syntax operand) {
    for (;;) {
      if (accept(".")) {
        const Token name = take();
        if (name.kind != Token::Kind::kName) return failure(name.offset, "expected a name after '.'");
        if (accept("(")) {
          std::vector<Syntax> children;
          children.push_back(std::move(operand));
          TRY(operand,
              arguments(Syntax{Syntax::Kind::kMethod, name.offset, std::string(name.text)}, std::move(children)));
        } else {
          TRY(operand, node(Syntax::Kind::kMember, name.offset, std::string(name.text), std::move(operand)));
        }
      } else if (peek().is("[")) {
        const std::size_t offset = take().offset;
        TRY(auto index, expression());
        if (!accept("]")) return unexpected_token("']'");
        TRY(operand, node(Syntax::Kind::kIndex, offset, "[]", std::move(operand), std::move(index)));
      } else {
        return operand;
      }
    }
  }

  Parsed arguments(Syntax call, std::vector<Syntax> children) {
    call.children = std::move(children);
    if (!accept(")")) {
      do {
        TRY(auto argument, expression());
        call.children.push_back(std::move(argument));
      } while (accept(","));
      if (!accept(")")) return unexpected_token("',' or ')'");
    }
    return node(std::move(call));
  }

  Parsed primary() {
    const Token& token = peek();
    switch (token.kind) {
      case Token::Kind::kInt:
      case Token::Kind::kDecimal: return number("", token.offset);
      case Token::Kind::kString: return literal(token.offset, Syntax::LiteralKind::kString, take().string);
      case Token::Kind::kName: return name();
      case Token::Kind::kPunctuator: return bracket();
      case Token::Kind::kEnd: break;
    }
    return unexpected_token("a value");
  }

  Parsed literal(std::size_t offset, Syntax::LiteralKind kind, base::Value value) const {
    Syntax syntax{Syntax::Kind::kLiteral, offset};
    syntax.literal = std::move(value);
    syntax.literal_kind = kind;
    return syntax;
  }

  Parsed number(std::string_view sign, std::size_t offset) {
    const Token token = take();
    const std::string text = std::string(sign) + std::string(token.text);
    if (token.kind == Token::Kind::kDecimal) {
      const auto value = base::Decimal::parse(text);
      if (!value) return failure(offset, "this number has more than 36 digits");
      return literal(offset, Syntax::LiteralKind::kDecimal, *value);
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) {
      return failure(offset, "this whole number does not fit into 64 bits", "write it with a decimal point: 1.0e20");
    }
    return literal(offset, Syntax::LiteralKind::kInt, value);
  }

  Parsed name() {
    const Token token = take();
    if (token.text == "true" || token.text == "false") {
      return literal(token.offset, Syntax::LiteralKind::kBool, token.text == "true");
    }
    if (token.text == "null") return failure(token.offset, "there is no null", "has(x) tells whether x is answered");
    if (token.text == "in") return failure(token.offset, "'in' stands between two values");
    if (token.text == "not" && starts_value(peek()))
      return failure(token.offset, "unexpected 'not'", "write ! for 'not'");
    if (accept("(")) return arguments(Syntax{Syntax::Kind::kCall, token.offset, std::string(token.text)}, {});
    return node(Syntax::Kind::kName, token.offset, std::string(token.text));
  }

  static bool starts_value(const Token& token) {
    return token.kind == Token::Kind::kName || token.kind == Token::Kind::kString || token.is("(");
  }

  Parsed bracket() {
    const std::size_t offset = peek().offset;
    if (accept("(")) {
      TRY(auto inner, expression());
      if (!accept(")")) return unexpected_token("')'");
      return inner;
    }
    if (accept("[")) return list(offset);
    if (accept("{")) return record(offset);
    if (peek().is(".")) return failure(offset, "unexpected '.'", "a number below one is written 0.5");
    return unexpected_token("a value");
  }

  Parsed list(std::size_t offset) {
    Syntax syntax{Syntax::Kind::kList, offset};
    while (!accept("]")) {
      TRY(auto item, expression());
      syntax.children.push_back(std::move(item));
      if (!accept(",") && !peek().is("]")) return unexpected_token("',' or ']'");
    }
    return node(std::move(syntax));
  }

  Parsed record(std::size_t offset) {
    Syntax syntax{Syntax::Kind::kRecord, offset};
    while (!accept("}")) {
      TRY(auto key, expression());
      if (!accept(":")) return unexpected_token("':'");
      TRY(auto value, expression());
      syntax.children.push_back(std::move(key));
      syntax.children.push_back(std::move(value));
      if (!accept(",") && !peek().is("}")) return unexpected_token("',' or '}'");
    }
    return node(std::move(syntax));
  }

  const std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

std::expected<Syntax, ExpressionError> parse_expression(std::string_view text) {
  TRY(auto tokens, tokenize(text));
  return Parser(std::move(tokens)).run();
}

}  // namespace tollgate::protocol
