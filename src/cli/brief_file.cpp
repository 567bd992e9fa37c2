#include "cli/brief_file.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "protocol/builtin.hpp"

namespace tollgate::cli {
namespace {

namespace fs = std::filesystem;
using protocol::Diagnostic;
using protocol::DiagnosticLevel;

std::unexpected<std::vector<Diagnostic>> refuse(const std::string& file, std::string message, std::string hint = {}) {
  return std::unexpected(
      std::vector<Diagnostic>{{DiagnosticLevel::kError, file, 0, 0, std::move(message), std::move(hint)}});
}

// Files stay below the brief's folder: a brief from elsewhere must not carry /etc into a charter.
base::Result<base::Value> attach(const fs::path& folder, const std::string& name, std::vector<store::Blob>& files) {
  const fs::path relative = fs::path(name).lexically_normal();
  if (relative.empty() || relative.is_absolute() || relative.begin()->string() == "..") {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("the file '{}' must lie below the brief's folder", name));
  }
  std::error_code code;
  const fs::path real = fs::canonical(folder / relative, code);  // where links lead
  const fs::path home = code ? fs::path() : fs::canonical(folder.empty() ? fs::path(".") : folder, code);
  if (!code && std::mismatch(home.begin(), home.end(), real.begin(), real.end()).first != home.end()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("the file '{}' leads out of the brief's folder; copy it there", name));
  }
  TRY(auto bytes, protocol::read_file((folder / relative).string(), kMaxAttachmentBytes));
  store::Blob blob{base::Sha256::of(bytes), std::move(bytes)};
  base::Value::Record value{
      {"name", relative.filename().string()}, {"sha256", blob.digest.to_hex()}, {"bytes", blob.bytes.size()}};
  files.push_back(std::move(blob));
  return base::Value(std::move(value));
}

}  // namespace

std::expected<BriefFile, std::vector<Diagnostic>> read_brief_file(const std::string& path, const std::string& wanted) {
  const auto text = protocol::read_file(path, session::kMaxBriefBytes);
  if (!text) return refuse(path, text.error().message);
  const auto root = protocol::parse_yaml(*text, path, session::kMaxBriefBytes);
  if (!root) return std::unexpected(std::vector<Diagnostic>{root.error()});
  std::string name = wanted.empty() ? session::brief_protocol(*root) : wanted;
  if (name.empty()) name = protocol::kDefaultProtocol;
  // A path in the brief is relative to the brief.
  if (wanted.empty() && name.find('/') != std::string::npos && fs::path(name).is_relative())
    name = (fs::path(path).parent_path() / name).string();
  auto compiled = protocol::compile_named(name);
  if (!compiled.protocol) {
    std::erase_if(compiled.diagnostics,
                  [](const Diagnostic& diagnostic) { return diagnostic.level != DiagnosticLevel::kError; });
    return std::unexpected(std::move(compiled.diagnostics));
  }
  BriefFile file{.brief = {}, .protocol = compiled.protocol, .digest = base::Sha256::of(to_canonical(*root))};
  const fs::path folder = fs::path(path).parent_path();
  auto brief = session::read_brief(*root, *file.protocol,
                                   [&](const std::string& relative) { return attach(folder, relative, file.files); });
  if (!brief) return std::unexpected(std::move(brief).error());
  file.brief = *std::move(brief);
  return file;
}

}  // namespace tollgate::cli
