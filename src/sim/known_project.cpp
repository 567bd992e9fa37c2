#include "sim/known_project.hpp"

#include <fmt/format.h>

#include "protocol/builtin.hpp"
#include "session/brief.hpp"
#include "sim/example_brief.hpp"

namespace tollgate::sim {
namespace {

using base::ErrorCode;
using base::Value;
using protocol::Diagnostic;

std::unexpected<base::Error> refuse(const std::vector<Diagnostic>& diagnostics) {
  return base::fail(ErrorCode::kInvalidArgument, protocol::to_string(diagnostics));
}

base::Result<Value> no_files(const std::string& path) {
  return base::fail(ErrorCode::kInvalidArgument, fmt::format("the file '{}': a simulated project attaches none", path));
}

}  // namespace

base::Result<Value::Record> read_known_project(std::string_view brief, const std::string& source) {
  const auto root = protocol::parse_yaml(brief, source, session::kMaxBriefBytes);
  if (!root) return refuse({root.error()});
  auto name = session::brief_protocol(*root);
  if (name.empty()) name = protocol::kDefaultProtocol;
  const auto compiled = protocol::compile_named(name);
  if (!compiled.protocol) return refuse(compiled.diagnostics);
  const auto read = session::read_brief(*root, *compiled.protocol, no_files);
  if (!read) return refuse(read.error());
  Value::Record known;
  for (const auto& [question, values] : read->answers) known.emplace(question, values.back());
  return known;
}

base::Result<Value::Record> example_project() {
  const auto& file = example_brief().front();
  return read_known_project(file.content, std::string(file.path));
}

}  // namespace tollgate::sim
