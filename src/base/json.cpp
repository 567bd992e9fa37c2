#include "base/json.hpp"

#include <vector>

// This is where Boost.JSON is compiled, for other modules too.
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <fmt/format.h>

namespace tollgate::base {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 64;

// Builds a Value from parser events; numbers arrive as text, so nothing is lost to doubles.
class ValueBuilder {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  using Code = json::error_code;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open(Value::Record{}); }
  bool on_object_end(std::size_t, Code& code) { return close(code); }
  bool on_array_begin(Code&) { return open(Value::List{}); }
  bool on_array_end(std::size_t, Code& code) { return close(code); }
  bool on_key_part(json::string_view part, std::size_t, Code&) { return append(part); }
  bool on_key(json::string_view part, std::size_t, Code&) {
    append(part);
    keys_.push_back(std::exchange(text_, {}));
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, Code&) { return append(part); }
  bool on_string(json::string_view part, std::size_t, Code& code) {
    append(part);
    return put(Value(std::exchange(text_, {})), code);
  }
  bool on_number_part(json::string_view part, Code&) { return append(part); }
  bool on_int64(std::int64_t, json::string_view part, Code& code) { return put_number(part, code); }
  bool on_uint64(std::uint64_t, json::string_view part, Code& code) { return put_number(part, code); }
  bool on_double(double, json::string_view part, Code& code) { return put_number(part, code); }
  bool on_bool(bool value, Code& code) { return put(Value(value), code); }
  bool on_null(Code& code) { return put(Value(), code); }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

  Value take() { return std::move(root_); }
  const std::string& complaint() const { return complaint_; }

 private:
  bool append(json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool open(Value container) {
    open_.push_back(std::move(container));
    return true;
  }
  bool close(Code& code) {
    Value container = std::move(open_.back());
    open_.pop_back();
    return put(std::move(container), code);
  }
  bool put_number(json::string_view part, Code& code) {
    append(part);
    const std::string text = std::exchange(text_, {});
    const auto number = Decimal::parse(text);
    if (!number) return refuse("the number " + text.substr(0, 40) + " has too many digits", code);
    return put(Value(*number), code);
  }
  bool put(Value value, Code& code) {
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    if (auto* list = open_.back().if_list()) {
      list->push_back(std::move(value));
      return true;
    }
    const auto [it, added] = open_.back().if_record()->emplace(keys_.back(), std::move(value));
    keys_.pop_back();
    return added || refuse("the key \"" + it->first.substr(0, 80) + "\" occurs twice in one object", code);
  }
  bool refuse(std::string complaint, Code& code) {
    complaint_ = std::move(complaint);
    code = json::error::syntax;
    return false;
  }

  Value root_;
  std::vector<Value> open_;        // containers being filled, outermost first
  std::vector<std::string> keys_;  // the key each open record waits a value for
  std::string text_;               // pieces of the current key, string or number
  std::string complaint_;
};

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    default: out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  }
}

// Texts are long and what must be escaped is rare: the rest is copied in one go.
void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(copied, i - copied));
    append_escaped(out, c);
    copied = i + 1;
  }
  out.append(text.substr(copied));
  out.push_back('"');
}

enum class Layout { kCanonical, kPretty };

class Writer {
 public:
  explicit Writer(Layout layout) : layout_(layout) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::kNull: out_ += "null"; break;
      case Value::Kind::kBool: out_ += *value.if_bool() ? "true" : "false"; break;
      case Value::Kind::kInt:
      case Value::Kind::kDecimal: out_ += value.if_number()->to_string(); break;
      case Value::Kind::kString: append_quoted(out_, *value.if_string()); break;
      case Value::Kind::kDuration: append_quoted(out_, value.if_duration()->to_string()); break;
      case Value::Kind::kDate: append_quoted(out_, value.if_date()->to_string()); break;
      case Value::Kind::kMoney: append_quoted(out_, value.if_money()->to_string()); break;
      case Value::Kind::kList: write_list(*value.if_list()); break;
      case Value::Kind::kRecord: write_record(*value.if_record()); break;
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void write_list(const Value::List& list) {
    out_.push_back('[');
    ++depth_;
    bool first = true;
    for (const auto& item : list) {
      separate(first);
      write(item);
    }
    end(list.empty(), ']');
  }
  void write_record(const Value::Record& record) {
    out_.push_back('{');
    ++depth_;
    bool first = true;
    for (const auto& [key, member] : record) {
      separate(first);
      append_quoted(out_, key);
      out_ += layout_ == Layout::kPretty ? ": " : ":";
      write(member);
    }
    end(record.empty(), '}');
  }
  void separate(bool& first) {
    if (!first) out_.push_back(',');
    first = false;
    break_line();
  }
  void end(bool empty, char bracket) {
    --depth_;
    if (!empty) break_line();
    out_.push_back(bracket);
  }
  void break_line() {
    if (layout_ != Layout::kPretty) return;
    out_.push_back('\n');
    out_.append(depth_ * 2, ' ');
  }

  const Layout layout_;
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

Result<Value> parse_json(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("JSON of {} bytes is over the limit of {} bytes", text.size(), max_bytes));
  }
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<ValueBuilder> parser(options);
  json::error_code code;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), code);
  if (code || read < text.size()) {
    const std::string why = parser.handler().complaint().empty()
                                ? (code ? code.message() : std::string("more text after the end of the value"))
                                : parser.handler().complaint();
    return fail(ErrorCode::kInvalidArgument, fmt::format("invalid JSON at byte {}: {}", read, why));
  }
  return parser.handler().take();
}

std::string to_json(const Value& value) {
  Writer writer(Layout::kCanonical);
  writer.write(value);
  return writer.take();
}

std::string to_pretty_json(const Value& value) {
  Writer writer(Layout::kPretty);
  writer.write(value);
  return writer.take();
}

}  // namespace tollgate::base
