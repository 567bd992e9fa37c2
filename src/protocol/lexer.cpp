#include "protocol/lexer.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::protocol {
namespace {

constexpr std::size_t kMaxExcerpt = 40;  // bytes of the author's text repeated in a message

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_part(char c) {
  return is_name_start(c) || is_digit(c);
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3f));
  } else {
    put(0xe0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3f));
    put(0x80 | (code_point & 0x3f));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::expected<std::vector<Token>, ExpressionError> run() {
    for (;;) {
      skip_space();
      if (at_ == text_.size()) break;
      if (auto error = next()) return std::unexpected(*std::move(error));
    }
    tokens_.push_back({Token::Kind::kEnd, text_.size()});
    return std::move(tokens_);
  }

 private:
  using Failure = std::optional<ExpressionError>;

  void skip_space() {
    at_ = text_.find_first_not_of(" \t\r\n\f", at_);
    if (at_ == std::string_view::npos) at_ = text_.size();
  }

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  Failure next() {
    const char c = peek();
    if (is_digit(c)) return number();
    if (is_name_start(c)) return name();
    if (c == '"' || c == '\'') return string();
    return punctuator();
  }

  void push(Token::Kind kind, std::size_t start) { tokens_.push_back({kind, start, text_.substr(start, at_ - start)}); }

  void skip_digits() {
    while (is_digit(peek())) ++at_;
  }

  Failure number() {
    const std::size_t start = at_;
    auto kind = Token::Kind::kInt;
    skip_digits();
    if (peek() == '.' && is_digit(peek(1))) {
      kind = Token::Kind::kDecimal;
      ++at_;
      skip_digits();
    }
    if ((peek() == 'e' || peek() == 'E') &&
        (is_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && is_digit(peek(2))))) {
      kind = Token::Kind::kDecimal;
      at_ += 2;
      skip_digits();
    }
    const std::size_t end = at_;
    while (is_name_part(peek())) ++at_;
    if (at_ != end) {
      const auto written = base::shortened(text_.substr(start, at_ - start), kMaxExcerpt);
      return ExpressionError{start, fmt::format("'{}' is no number", written),
                             fmt::format("a length of time is written duration(\"{}\")", written)};
    }
    push(kind, start);
    return std::nullopt;
  }

  Failure name() {
    const std::size_t start = at_;
    while (is_name_part(peek())) ++at_;
    push(Token::Kind::kName, start);
    return std::nullopt;
  }

  Failure string() {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    std::string content;
    while (peek() != quote) {
      if (at_ >= text_.size() || peek() == '\n') {
        return ExpressionError{start, "this string has no closing quote", fmt::format("close it with {}", quote)};
      }
      if (peek() == '\\') {
        if (auto error = escape(content)) return error;
      } else {
        content.push_back(text_[at_++]);
      }
    }
    ++at_;
    push(Token::Kind::kString, start);
    tokens_.back().string = std::move(content);
    return std::nullopt;
  }

  Failure escape(std::string& content) {
    constexpr std::array<std::pair<char, char>, 6> kSimple = {
        {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'\\', '\\'}, {'"', '"'}, {'\'', '\''}}};
    const std::size_t start = at_;
    for (const auto& [letter, meaning] : kSimple) {
      if (peek(1) == letter) {
        content.push_back(meaning);
        at_ += 2;
        return std::nullopt;
      }
    }
    std::uint32_t code_point = 0;
    const auto digits = text_.substr(std::min(at_ + 2, text_.size()), 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code_point, 16);
    const bool is_complete = digits.size() == 4 && end == digits.data() + 4 && error == std::errc{};
    const bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (peek(1) != 'u' || !is_complete || is_surrogate) {
      return ExpressionError{start, "unknown escape in a string",
                             R"(known are \n \t \r \\ \" \' and \u with four hex digits)"};
    }
    append_utf8(content, code_point);
    at_ += 6;
    return std::nullopt;
  }

  Failure punctuator() {
    constexpr std::array<std::string_view, 6> kDouble = {"||", "&&", "==", "!=", "<=", ">="};
    constexpr std::string_view kSingle = "?:!<>+-*/%()[]{},.";
    const std::size_t start = at_;
    const auto pair = text_.substr(at_, 2);
    for (const auto known : kDouble) {
      if (pair == known) {
        at_ += 2;
        push(Token::Kind::kPunctuator, start);
        return std::nullopt;
      }
    }
    if (kSingle.find(peek()) == std::string_view::npos) return unexpected_character();
    ++at_;
    push(Token::Kind::kPunctuator, start);
    return std::nullopt;
  }

  ExpressionError unexpected_character() const {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0) == 0x80) ++end;
    ExpressionError error{at_, fmt::format("unexpected character '{}'", text_.substr(at_, end - at_))};
    switch (peek()) {
      case '=': error.hint = "== compares; nothing is assigned in an expression"; break;
      case '&': error.hint = "write && for 'and'"; break;
      case '|': error.hint = "write || for 'or'"; break;
      default: break;
    }
    return error;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::expected<std::vector<Token>, ExpressionError> tokenize(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace tollgate::protocol
