#include "protocol/source.hpp"

#include <algorithm>
#include <istream>
#include <optional>
#include <streambuf>
#include <unordered_map>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace tollgate::protocol {
namespace {

// yaml-cpp reads keys of at most 1,024 bytes; one byte may become six in the canonical form.
constexpr std::size_t kMaxKeyBytes = 160;

struct SourceError {
  Position at;
  std::string message;
  std::string hint{};
};

// How many containers stand inside each other, this one included.
std::size_t depth_of(const SourceNode& node) {
  std::size_t inner = 0;
  for (const auto& item : node.items) inner = std::max(inner, depth_of(item));
  for (const auto& [key, value] : node.members) inner = std::max(inner, depth_of(value));
  return node.is_sequence() || node.is_mapping() ? inner + 1 : inner;
}

// Builds the tree from yaml-cpp's events; unlike its Node class this keeps order and positions, sees duplicate keys,
// and can stop as soon as a bound is passed.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::shared_ptr<const std::string> file) : file_(std::move(file)) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    put(node(SourceNode::Kind::kNull, mark), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto it = anchors_.find(anchor);
    if (it == anchors_.end()) throw SourceError{position(mark), "an alias may not refer to the value it stands in"};
    nodes_ += it->second.nodes;
    check_bounds(position(mark), it->second.depth);
    SourceNode copy = it->second.node;
    put(std::move(copy), 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    SourceNode scalar = node(SourceNode::Kind::kScalar, mark);
    scalar.quoted = tag == "!";  // how yaml-cpp reports quotes and block scalars
    scalar.scalar = text;
    if (!scalar.quoted && (text == "~" || text == "null")) scalar.kind = SourceNode::Kind::kNull;
    put(std::move(scalar), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node(SourceNode::Kind::kSequence, mark), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node(SourceNode::Kind::kMapping, mark), anchor);
  }
  void OnMapEnd() override { close(); }

  SourceNode take() { return std::move(root_); }

 private:
  struct Anchored {
    SourceNode node;
    std::size_t nodes = 0;
    std::size_t depth = 0;
  };
  struct Open {
    SourceNode node;
    YAML::anchor_t anchor;
    bool has_key = false;
    SourceNode key{};
  };

  Position position(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }
  SourceNode node(SourceNode::Kind kind, const YAML::Mark& mark) {
    ++nodes_;
    check_bounds(position(mark), kind == SourceNode::Kind::kSequence || kind == SourceNode::Kind::kMapping ? 1 : 0);
    SourceNode fresh;
    fresh.kind = kind;
    fresh.at = position(mark);
    return fresh;
  }
  // `inner`: levels of what is about to be put below the open containers.
  void check_bounds(const Position& at, std::size_t inner) const {
    if (nodes_ > kMaxSourceNodes) {
      throw SourceError{at, fmt::format("the document has more than {} values", kMaxSourceNodes),
                        "split it, or use fewer aliases"};
    }
    if (open_.size() + inner > kMaxSourceDepth) {
      throw SourceError{at, fmt::format("values are nested more than {} levels deep", kMaxSourceDepth)};
    }
  }
  void open(SourceNode container, YAML::anchor_t anchor) { open_.push_back({std::move(container), anchor}); }
  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    put(std::move(done.node), done.anchor);
  }
  void put(SourceNode value, YAML::anchor_t anchor) {
    if (anchor != 0) remember(value, anchor);
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_sequence()) {
      parent.node.items.push_back(std::move(value));
    } else if (!parent.has_key) {
      put_key(parent, std::move(value));
    } else {
      parent.node.members.emplace_back(std::move(parent.key), std::move(value));
      parent.has_key = false;
    }
  }
  // Anchors inside each other copy what they share; the copies have the same bound as the document.
  void remember(const SourceNode& value, YAML::anchor_t anchor) {
    const auto nodes = count_nodes(value);
    anchored_nodes_ += nodes;
    if (anchored_nodes_ > kMaxSourceNodes) {
      throw SourceError{value.at, fmt::format("anchors hold more than {} values", kMaxSourceNodes),
                        "use fewer anchors"};
    }
    anchors_[anchor] = {value, nodes, depth_of(value)};
  }
  static void put_key(Open& parent, SourceNode key) {
    if (!key.is_scalar()) throw SourceError{key.at, "a key must be a plain word", "write `key: value`"};
    if (key.scalar.size() > kMaxKeyBytes) {
      throw SourceError{key.at, fmt::format("a key has more than {} bytes", kMaxKeyBytes), "write `key: value`"};
    }
    if (parent.node.find(key.scalar) != nullptr) {
      throw SourceError{key.at, fmt::format("the key '{}' occurs twice", base::shortened(key.scalar, 80)),
                        "remove or rename one of them"};
    }
    parent.key = std::move(key);
    parent.has_key = true;
  }

  std::shared_ptr<const std::string> file_;
  SourceNode root_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::size_t anchored_nodes_ = 0;
};

// Reads a string in place.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // only ever read
    setg(begin, begin, begin + text.size());
  }
};

Diagnostic diagnostic(const SourceError& error) {
  return {DiagnosticLevel::kError, *error.at.file, error.at.line, error.at.column, error.message, error.hint};
}

std::optional<Diagnostic> refuse_text(std::string_view text, const std::string& file, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return Diagnostic{DiagnosticLevel::kError,
                      file,
                      0,
                      0,
                      fmt::format("the file has {} bytes, more than the {} allowed", text.size(), max_bytes),
                      "split it with include:, or shorten it"};
  }
  if (const auto bad = base::find_invalid_utf8(text)) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*bad), '\n');
    return Diagnostic{
        DiagnosticLevel::kError, file, static_cast<int>(line), 1, fmt::format("byte {} is not valid UTF-8", *bad),
        "save the file as UTF-8"};
  }
  // yaml-cpp takes byte 4 for the end of the file; YAML allows none of them.
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
  if (control != text.end()) {
    return Diagnostic{
        DiagnosticLevel::kError,
        file,
        static_cast<int>(1 + std::count(text.begin(), control, '\n')),
        1,
        fmt::format("the file holds the control character 0x{:02x}", static_cast<unsigned char>(*control)),
        "remove it"};
  }
  return std::nullopt;
}

bool is_json_number(const std::string& text) {
  return base::Decimal::parse(text).has_value() && text.front() != '+' &&
         !(text.size() > 1 && text[0] == '0' && text[1] != '.');
}

void write_canonical(const SourceNode& node, std::string& out) {
  const auto separate = [&](bool& first) {
    out += first ? "\n" : ",\n";
    first = false;
  };
  bool first = true;
  switch (node.kind) {
    case SourceNode::Kind::kNull: out += "null"; break;
    case SourceNode::Kind::kScalar: {
      const bool literal =
          !node.quoted && (node.scalar == "true" || node.scalar == "false" || is_json_number(node.scalar));
      out += literal ? node.scalar : base::to_json(node.scalar);
      break;
    }
    case SourceNode::Kind::kSequence:
      out.push_back('[');
      for (const auto& item : node.items) {
        separate(first);
        write_canonical(item, out);
      }
      out.push_back(']');
      break;
    case SourceNode::Kind::kMapping:
      out.push_back('{');
      for (const auto& [key, value] : node.members) {
        separate(first);
        out += base::to_json(key.scalar) + ": ";
        write_canonical(value, out);
      }
      out.push_back('}');
      break;
  }
}

}  // namespace

std::size_t count_nodes(const SourceNode& node) {
  std::size_t count = 1;
  for (const auto& item : node.items) count += count_nodes(item);
  for (const auto& [key, value] : node.members) count += 1 + count_nodes(value);
  return count;
}

const SourceNode* SourceNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

std::expected<SourceNode, Diagnostic> parse_yaml(std::string_view text, const std::string& file,
                                                 std::size_t max_bytes) {
  if (auto refused = refuse_text(text, file, max_bytes)) return std::unexpected(*std::move(refused));
  const auto file_name = std::make_shared<const std::string>(file);
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    TreeBuilder builder(file_name);
    if (!parser.HandleNextDocument(builder)) {
      return std::unexpected(Diagnostic{DiagnosticLevel::kError, file, 1, 1, "the file is empty", {}});
    }
    TreeBuilder rest(file_name);
    if (parser.HandleNextDocument(rest)) {
      return std::unexpected(Diagnostic{DiagnosticLevel::kError, file, rest.take().at.line, 1,
                                        "the file holds more than one document", "remove what follows `---`"});
    }
    return builder.take();
  } catch (const SourceError& error) {
    return std::unexpected(diagnostic(error));
  } catch (const YAML::Exception& error) {
    return std::unexpected(
        Diagnostic{DiagnosticLevel::kError, file, error.mark.line + 1, error.mark.column + 1,
                   "this is not valid YAML: " + error.msg,
                   "check the indentation, and quote texts that contain ': ' or ' #', that start with one "
                   "of [ { & * ! | > % @ `, or that hold a ? between braces"});
  }
}

base::Value to_value(const SourceNode& node) {
  switch (node.kind) {
    case SourceNode::Kind::kNull: return {};
    case SourceNode::Kind::kScalar: {
      if (node.quoted) return node.scalar;
      if (node.scalar == "true") return true;
      if (node.scalar == "false") return false;
      // "1.10" may be a version: only text that a number would print as is one.
      if (const auto number = base::Decimal::parse(node.scalar); number && number->to_string() == node.scalar)
        return *number;
      return node.scalar;
    }
    case SourceNode::Kind::kSequence: {
      base::Value::List list;
      for (const auto& item : node.items) list.push_back(to_value(item));
      return list;
    }
    case SourceNode::Kind::kMapping: {
      base::Value::Record record;
      for (const auto& [key, value] : node.members) record.emplace(key.scalar, to_value(value));
      return record;
    }
  }
  return {};
}

std::string to_canonical(const SourceNode& node) {
  std::string out;
  write_canonical(node, out);
  return out;
}

}  // namespace tollgate::protocol
