#include "base/canonical_json.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

namespace tollgate::base {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 64;

// Before every text and container: its kind, and the length of what follows.
constexpr std::size_t kHeadBytes = 9;

void write_head(char* at, char kind, std::size_t length) {
  at[0] = kind;
  for (std::size_t i = 1; i < kHeadBytes; ++i) at[i] = static_cast<char>((length >> (64 - 8 * i)) & 0xFFU);
}

void append_sized(std::string& out, char kind, std::string_view text) {
  std::array<char, kHeadBytes> head{};
  write_head(head.data(), kind, text.size());
  out.append(head.data(), head.size()).append(text);
}

// Everything is written to one text as it is read. Where the members of the open objects lie in it is kept until their
// object ends and they can be sorted.
class Canonicalizer {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using Code = json::error_code;

  Canonicalizer(std::initializer_list<std::string_view> without, std::size_t size) : without_(without) {
    out_.reserve(size + size / 2);
  }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open('{'); }
  bool on_array_begin(Code&) { return open('['); }
  bool on_object_end(std::size_t, Code& code) { return sort_members(code) && close(); }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_key_part(json::string_view part, std::size_t, Code&) { return add_to_text('k', part); }
  bool on_key(json::string_view part, std::size_t, Code&) {
    const auto begin = end_text('k', part);
    members_.push_back({.begin = begin, .value = out_.size()});
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, Code&) { return add_to_text('"', part); }
  bool on_string(json::string_view part, std::size_t, Code&) { return put_text('"', part); }
  bool on_number_part(json::string_view part, Code&) { return add_to_text('#', part); }
  bool on_int64(std::int64_t, json::string_view part, Code&) { return put_text('#', part); }
  bool on_uint64(std::uint64_t, json::string_view part, Code&) { return put_text('#', part); }
  bool on_double(double, json::string_view part, Code&) { return put_text('#', part); }
  bool on_bool(bool value, Code&) { return put_text(value ? 't' : 'f', {}); }
  bool on_null(Code&) { return put_text('0', {}); }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

  bool is_object() const { return out_.starts_with('{'); }
  std::string take() { return std::move(out_); }
  const std::string& complaint() const { return complaint_; }

 private:
  // Offsets of its key's head, its value's head and the end of that value.
  struct Member {
    std::size_t begin = 0;
    std::size_t value = 0;
    std::size_t end = 0;
  };
  struct Container {
    std::size_t head = 0;
    std::size_t first_member = 0;
    bool is_object = false;
  };

  std::size_t open_head(char kind) {
    out_.append(kHeadBytes, kind);
    return out_.size() - kHeadBytes;
  }
  void close_head(std::size_t head) { write_head(&out_[head], out_[head], out_.size() - head - kHeadBytes); }

  bool add_to_text(char kind, json::string_view part) {
    if (!text_) text_ = open_head(kind);
    out_.append(part.data(), part.size());
    return true;
  }
  // Where its head is.
  std::size_t end_text(char kind, json::string_view last) {
    add_to_text(kind, last);
    const auto head = *std::exchange(text_, std::nullopt);
    close_head(head);
    return head;
  }
  bool put_text(char kind, json::string_view last) {
    end_text(kind, last);
    return value_ended();
  }
  bool open(char kind) {
    open_.push_back({.head = open_head(kind), .first_member = members_.size(), .is_object = kind == '{'});
    return true;
  }
  bool close() {
    close_head(open_.back().head);
    members_.resize(open_.back().first_member);
    open_.pop_back();
    return value_ended();
  }
  bool value_ended() {
    if (!open_.empty() && open_.back().is_object) members_.back().end = out_.size();
    return true;
  }

  std::string_view key_of(const Member& member) const {
    return std::string_view(out_).substr(member.begin + kHeadBytes, member.value - member.begin - kHeadBytes);
  }
  bool sort_members(Code& code) {
    const std::span members(members_.begin() + static_cast<std::ptrdiff_t>(open_.back().first_member), members_.end());
    std::ranges::sort(members, {}, [this](const Member& member) { return key_of(member); });
    std::string sorted;
    sorted.reserve(out_.size() - open_.back().head);
    for (std::size_t i = 0; i < members.size(); ++i) {
      const auto key = key_of(members[i]);
      if (i > 0 && key_of(members[i - 1]) == key) {
        complaint_ = fmt::format("the member \"{}\" occurs twice in one object", key.substr(0, 80));
        code = json::error::syntax;
        return false;
      }
      const bool left_out = open_.size() == 1 && std::ranges::find(without_, key) != without_.end();
      if (!left_out) sorted.append(out_, members[i].begin, members[i].end - members[i].begin);
    }
    out_.replace(open_.back().head + kHeadBytes, std::string::npos, sorted);
    return true;
  }

  const std::vector<std::string_view> without_;
  std::string out_;
  std::optional<std::size_t> text_;  // head of the key, string or number that is being read in pieces
  std::vector<Container> open_;      // outermost first
  std::vector<Member> members_;      // of all that are open
  std::string complaint_;
};

}  // namespace

Result<std::string> canonical_json(std::string_view text, std::initializer_list<std::string_view> without) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<Canonicalizer> parser(options, without, text.size());
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
