#include "base/canonical_json.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

namespace tollgate::base {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 64;

void append_sized(std::string& out, char kind, std::string_view text) {
  std::array<char, 9> head{kind};
  for (std::size_t i = 1; i < head.size(); ++i) head[i] = static_cast<char>((text.size() >> (64 - 8 * i)) & 0xFFU);
  out.append(head.data(), head.size()).append(text);
}

struct Member {
  std::string key;
  std::string value;
};

// A list or object being read: its items in canonical form, and for an object the key that waits for its value.
struct Container {
  bool is_object = false;
  std::string items{};
  std::vector<Member> members{};
  std::string key{};
};

class Canonicalizer {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using Code = json::error_code;

  explicit Canonicalizer(std::initializer_list<std::string_view> without) : without_(without) {}

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open(true); }
  bool on_array_begin(Code&) { return open(false); }
  bool on_object_end(std::size_t, Code& code) { return close_object(code); }
  bool on_array_end(std::size_t, Code&) {
    std::string items = std::move(open_.back().items);
    open_.pop_back();
    return put('[', items);
  }
  bool on_key_part(json::string_view part, std::size_t, Code&) { return append(part); }
  bool on_key(json::string_view part, std::size_t, Code&) {
    append(part);
    open_.back().key = std::exchange(text_, {});
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, Code&) { return append(part); }
  bool on_string(json::string_view part, std::size_t, Code&) { return put_text('"', part); }
  bool on_number_part(json::string_view part, Code&) { return append(part); }
  bool on_int64(std::int64_t, json::string_view part, Code&) { return put_number(part); }
  bool on_uint64(std::uint64_t, json::string_view part, Code&) { return put_number(part); }
  bool on_double(double, json::string_view part, Code&) { return put_number(part); }
  bool on_bool(bool value, Code&) { return put(value ? 't' : 'f', {}); }
  bool on_null(Code&) { return put('0', {}); }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

  bool is_object() const { return is_object_; }
  std::string take() { return std::move(root_); }
  const std::string& complaint() const { return complaint_; }

 private:
  bool append(json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool put_number(json::string_view part) { return put_text('#', part); }
  // Its last piece; most come in one.
  bool put_text(char kind, json::string_view last) {
    if (text_.empty()) return put(kind, {last.data(), last.size()});
    append(last);
    const std::string text = std::exchange(text_, {});
    return put(kind, text);
  }
  bool open(bool is_object) {
    if (open_.empty()) is_object_ = is_object;
    open_.push_back({is_object});
    return true;
  }
  bool put(char kind, std::string_view text) {
    if (open_.empty()) {
      append_sized(root_, kind, text);
    } else if (auto& within = open_.back(); within.is_object) {
      Member member{std::exchange(within.key, {}), {}};
      append_sized(member.value, kind, text);
      within.members.push_back(std::move(member));
    } else {
      append_sized(within.items, kind, text);
    }
    return true;
  }
  bool close_object(Code& code) {
    auto members = std::move(open_.back().members);
    open_.pop_back();
    std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return a.key < b.key; });
    std::string items;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const auto& [key, value] = members[i];
      if (i > 0 && members[i - 1].key == key) {
        complaint_ = fmt::format("the member \"{}\" occurs twice in one object", key.substr(0, 80));
        code = json::error::syntax;
        return false;
      }
      const bool left_out = open_.empty() && std::find(without_.begin(), without_.end(), key) != without_.end();
      if (left_out) continue;
      append_sized(items, 'k', key);
      items += value;
    }
    return put('{', items);
  }

  const std::vector<std::string_view> without_;
  std::vector<Container> open_;  // outermost first
  std::string text_;             // pieces of the current key, string or number
  std::string root_;
  bool is_object_ = false;
  std::string complaint_;
};

}  // namespace

Result<std::string> canonical_json(std::string_view text, std::initializer_list<std::string_view> without) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<Canonicalizer> parser(options, without);
  json::error_code code;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), code);
  if (code || read < text.size()) {
    const auto& complaint = parser.handler().complaint();
    return fail(ErrorCode::kInvalidArgument, fmt::format("invalid JSON at byte {}: {}", read,
                                                         !complaint.empty() ? complaint
                                                         : code             ? code.message()
                                                                            : "more text after the end of the value"));
  }
  if (!parser.handler().is_object()) return fail(ErrorCode::kInvalidArgument, "it must be a JSON object");
  return parser.handler().take();
}

Fingerprint& Fingerprint::add(std::string_view text) {
  append_sized(bytes_, 's', text);
  return *this;
}

Fingerprint& Fingerprint::add_number(std::uint64_t number) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((number >> (56 - 8 * i)) & 0xFFU);
  append_sized(bytes_, 'n', {bytes.data(), bytes.size()});
  return *this;
}

}  // namespace tollgate::base
