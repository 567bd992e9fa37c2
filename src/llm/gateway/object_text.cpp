#include "llm/gateway/object_text.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm::gateway {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t position() const { return at_; }

  // Skips white space, and then `c` if it comes next.
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  // From one past the opening quote to one past the closing one.
  bool skip_string() {
    const std::size_t start = at_;
    for (std::size_t quote = text_.find('"', at_); quote != kNone; quote = text_.find('"', quote + 1)) {
      std::size_t first = quote;
      while (first > start && text_[first - 1] == '\\') --first;
      if ((quote - first) % 2 == 0) {
        at_ = quote + 1;
        return true;
      }
    }
    return false;
  }

  bool skip_value() {
    if (take('"')) return skip_string();
    if (at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '[')) return skip_nested();
    const std::size_t start = at_;
    at_ = std::min(text_.find_first_of(",}] \t\r\n", at_), text_.size());
    return at_ > start;
  }

 private:
  bool skip_nested() {
    for (std::size_t depth = 0; at_ < text_.size();) {
      const char c = text_[at_++];
      if (c == '"' && !skip_string()) return false;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return true;
    }
    return false;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

std::unexpected<base::Error> malformed(std::size_t at) {
  return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("the body is no JSON object at byte {}", at));
}

base::Result<std::string> read_name(std::string_view raw) {
  if (raw.find('\\') == kNone) return std::string(raw);
  TRY(const json::value name, parse_text(fmt::format("\"{}\"", raw)));
  return std::string(view(name.get_string()));
}

base::Result<ObjectText::Member> read_member(Scanner& scanner, std::string_view text) {
  if (!scanner.take('"')) return malformed(scanner.position());
  const std::size_t start = scanner.position();
  if (!scanner.skip_string()) return malformed(start);
  TRY(std::string name, read_name(text.substr(start, scanner.position() - 1 - start)));
  if (!scanner.take(':')) return malformed(scanner.position());
  scanner.skip_space();
  const std::size_t begin = scanner.position();
  if (!scanner.skip_value()) return malformed(begin);
  return ObjectText::Member{std::move(name), begin, scanner.position()};
}

}  // namespace

const ObjectText::Member* ObjectText::find(std::string_view name) const {
  const auto found = std::ranges::find(members, name, &Member::name);
  return found == members.end() ? nullptr : &*found;
}

std::string_view ObjectText::value(const Member& member) const {
  return text.substr(member.begin, member.end - member.begin);
}

std::string_view ObjectText::value_or_null(std::string_view name) const {
  const auto* member = find(name);
  return member ? value(*member) : "null";
}

base::Result<ObjectText> read_object_text(std::string_view text) {
  ObjectText object{text, {}};
  Scanner scanner(text);
  if (!scanner.take('{')) return malformed(scanner.position());
  if (!scanner.take('}')) {
    do {
      TRY(auto member, read_member(scanner, text));
      object.members.push_back(std::move(member));
    } while (scanner.take(','));
    if (!scanner.take('}')) return malformed(scanner.position());
  }
  object.close = scanner.position() - 1;
  return object;
}

}  // namespace tollgate::llm::gateway
