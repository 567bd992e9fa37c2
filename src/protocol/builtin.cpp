#include "protocol/builtin.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::protocol {
namespace {

base::Result<std::string> read_builtin(const std::string& path) {
  for (const auto& file : builtin_protocol_files()) {
    if (file.path == path) return std::string(file.content);
  }
  return base::fail(base::ErrorCode::kNotFound, fmt::format("the built-in protocols have no file '{}'", path));
}

}  // namespace

std::vector<std::string> builtin_protocol_ids() {
  std::vector<std::string> ids;
  for (const auto& file : builtin_protocol_files()) {
    const bool is_main = file.path.find('/') == std::string_view::npos && file.path.ends_with(".yaml");
    if (is_main) ids.emplace_back(file.path.substr(0, file.path.size() - 5));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

CompileResult compile_named(const std::string& id_or_path) {
  const auto ids = builtin_protocol_ids();
  if (std::find(ids.begin(), ids.end(), id_or_path) != ids.end())
    return compile_file(id_or_path + ".yaml", read_builtin);
  CompileResult result = compile_file(id_or_path);
  const bool looks_like_id = id_or_path.find_first_of("./") == std::string::npos;
  if (!result.protocol && looks_like_id && result.diagnostics.size() == 1 && result.diagnostics.front().line == 0) {
    const auto near = base::nearest(id_or_path, ids);
    result.diagnostics.front().message = fmt::format("there is no built-in protocol and no file '{}'", id_or_path);
    result.diagnostics.front().hint =
        near ? fmt::format("did you mean '{}'?", *near) : "built-in protocols: " + base::join(ids, ", ");
  }
  return result;
}

}  // namespace tollgate::protocol
