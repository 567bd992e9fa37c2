#include "protocol/include.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace tollgate::protocol {
namespace {

namespace fs = std::filesystem;

Diagnostic error_at(const SourceNode& node, std::string message, std::string hint = {}) {
  return {DiagnosticLevel::kError, *node.at.file, node.at.line, node.at.column, std::move(message), std::move(hint)};
}

std::string place(const SourceNode& node) {
  return fmt::format("{}:{}", *node.at.file, node.at.line);
}

// Adds `from` to `into`: see the header for the rules.
std::expected<void, Diagnostic> merge(SourceNode& into, SourceNode from, const std::string& key) {
  if (into.is_sequence() && from.is_sequence()) {
    std::move(from.items.begin(), from.items.end(), std::back_inserter(into.items));
    return {};
  }
  if (!into.is_mapping() || !from.is_mapping()) {
    return std::unexpected(
        error_at(from, fmt::format("'{}' is already defined at {}", key, place(into)), "keep one of the two"));
  }
  for (auto& [name, value] : from.members) {
    const auto existing = std::find_if(into.members.begin(), into.members.end(),
                                       [&](const auto& member) { return member.first.scalar == name.scalar; });
    if (existing == into.members.end()) {
      into.members.emplace_back(std::move(name), std::move(value));
    } else if (auto merged = merge(existing->second, std::move(value), name.scalar); !merged) {
      return merged;
    }
  }
  return {};
}

class Loader {
 public:
  explicit Loader(const FileReader& read) : read_(read) {}

  std::expected<SourceNode, Diagnostic> load(const std::string& path, const SourceNode* included_by) {
    if (!seen_.insert(path).second) {
      return std::unexpected(error_at(*included_by, fmt::format("'{}' is included twice", path), "include it once"));
    }
    if (seen_.size() > kMaxSourceFiles) {
      return std::unexpected(error_at(*included_by, fmt::format("more than {} files are included", kMaxSourceFiles),
                                      "put several of them into one"));
    }
    const auto text = read_(path);
    if (!text) {
      Diagnostic missing{DiagnosticLevel::kError, path, 0, 0, text.error().message, {}};
      return std::unexpected(included_by == nullptr ? missing
                                                    : error_at(*included_by, text.error().message,
                                                               "a path is relative to the file that includes it"));
    }
    auto tree = parse_yaml(*text, path);
    if (!tree) return tree;
    // The whole is pinned as one text and must be readable as one.
    nodes_ += count_nodes(*tree);
    if (nodes_ > kMaxSourceNodes) {
      return std::unexpected(error_at(*tree,
                                      fmt::format("the files together hold more than {} values", kMaxSourceNodes),
                                      "shorten the protocol, or use fewer aliases"));
    }
    if (!tree->is_mapping())
      return std::unexpected(error_at(*tree, "a protocol is a mapping of keys", "start with `tollgate: 1`"));
    return with_includes(*std::move(tree), path);
  }

 private:
  std::expected<SourceNode, Diagnostic> with_includes(SourceNode own, const std::string& path) {
    const auto key = std::find_if(own.members.begin(), own.members.end(),
                                  [](const auto& member) { return member.first.scalar == "include"; });
    if (key == own.members.end()) return own;
    const SourceNode includes = std::move(key->second);
    own.members.erase(key);
    if (!includes.is_sequence())
      return std::unexpected(error_at(includes, "`include` is a list of files", "write `include: [types.yaml]`"));
    SourceNode merged;
    merged.kind = SourceNode::Kind::kMapping;
    merged.at = own.at;
    for (const auto& item : includes.items) {
      auto resolved = resolve(path, item);
      if (!resolved) return std::unexpected(resolved.error());
      auto part = load(*resolved, &item);
      if (!part) return part;
      if (auto added = merge(merged, *std::move(part), "include"); !added) return std::unexpected(added.error());
    }
    if (auto added = merge(merged, std::move(own), "protocol"); !added) return std::unexpected(added.error());
    return merged;
  }

  static std::expected<std::string, Diagnostic> resolve(const std::string& path, const SourceNode& item) {
    const fs::path relative = fs::path(item.scalar).lexically_normal();
    if (!item.is_scalar() || item.scalar.empty() || relative.is_absolute() || relative.begin()->string() == "..") {
      return std::unexpected(
          error_at(item, "an include is a file below the protocol's folder", "use a relative path without `..`"));
    }
    return (fs::path(path).parent_path() / relative).lexically_normal().string();
  }

  const FileReader& read_;
  std::set<std::string> seen_;
  std::size_t nodes_ = 0;
};

}  // namespace

std::expected<SourceNode, Diagnostic> load_source(const std::string& path, const FileReader& read) {
  return Loader(read).load(fs::path(path).lexically_normal().string(), nullptr);
}

base::Result<std::string> read_source_file(const std::string& path) {
  return read_file(path, kMaxSourceBytes);
}

base::Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (!fs::exists(status))
    return base::fail(base::ErrorCode::kNotFound, fmt::format("the file '{}' does not exist", path));
  if (fs::is_directory(status))
    return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("'{}' is a folder, not a file", path));
  const auto size = fs::file_size(path, code);
  if (!code && size > max_bytes) {
    return base::fail(base::ErrorCode::kTooLarge,
                      fmt::format("'{}' has {} bytes, more than the {} allowed", path, size, max_bytes));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("cannot read '{}': {}", path, std::strerror(errno)));
  }
  std::string text(max_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace tollgate::protocol
