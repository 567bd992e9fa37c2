#include "cli/charter_files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/json.hpp"
#include "charter/charter_builder.hpp"
#include "charter/charter_json.hpp"
#include "charter/html.hpp"
#include "charter/markdown.hpp"
#include "charter/pdf.hpp"
#include "cli/version.hpp"

namespace tollgate::cli {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

base::Error write_error(const std::string& path, int code) {
  return {code == ENOSPC || code == EDQUOT ? ErrorCode::kNoSpace : ErrorCode::kUnavailable,
          fmt::format("cannot write {}: {}; the session itself is saved, run the same command again", path,
                      std::strerror(code)),
          {}};
}

charter::CharterFacts facts_of(const engine::LoadedSession& loaded) {
  charter::CharterFacts facts;
  facts.program_version = std::string(version());
  const auto* decision = loaded.session->decision();
  // A charter is dated by its decision, so that printing it again gives the same bytes.
  facts.generated_at = decision != nullptr ? decision->at : loaded.row.updated_at;
  for (const auto& checkpoint : loaded.checkpoints) {
    const auto manifest = session::read_manifest(checkpoint.manifest);
    if (manifest) facts.checkpoints.push_back({checkpoint.seq, manifest->stage, checkpoint.hash, manifest->at});
  }
  return facts;
}

}  // namespace

base::Result<std::string> render_charter(const engine::LoadedSession& loaded, const std::string& format) {
  const auto facts = facts_of(loaded);
  if (format == "json") return base::to_pretty_json(charter::charter_json(*loaded.session, facts)) + "\n";
  const auto document = charter::build_charter(*loaded.session, facts);
  if (format == "md") return charter::to_markdown(document);
  if (format == "html") return charter::to_html(document);
  if (format == "pdf") return charter::to_pdf(document);
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("there is no charter format '{}'; formats: md, html, pdf, json", format));
}

base::Result<std::vector<std::string>> write_charter_files(const engine::LoadedSession& loaded,
                                                           const std::string& folder) {
  TRY_STATUS(prepare_folder(folder));
  std::vector<std::string> paths;
  for (const char* format : {"md", "html", "pdf", "json"}) {
    TRY(const auto content, render_charter(loaded, format));
    paths.push_back((fs::path(folder) / fmt::format("charter.{}", format)).string());
    TRY_STATUS(write_file(paths.back(), content));
  }
  return paths;
}

base::Status prepare_folder(const std::string& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code)
    return base::fail(
        ErrorCode::kInvalidArgument,
        fmt::format("cannot create the folder {}: {}; choose another one with --out", folder, code.message()));
  if (!fs::is_directory(folder))
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("{} is not a folder; choose another one with --out", folder));
  if (access(folder.c_str(), W_OK) != 0)
    return base::fail(
        ErrorCode::kInvalidArgument,
        fmt::format("cannot write into {}: {}; choose another folder with --out", folder, std::strerror(errno)));
  return {};
}

base::Status write_file(const std::string& path, const std::string& content) {
  const std::string temporary = path + ".part";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return std::unexpected(write_error(path, errno));
  std::size_t written = 0;
  int failure = 0;
  while (failure == 0 && written < content.size()) {
    const auto count = write(file, content.data() + written, content.size() - written);
    if (count < 0 && errno != EINTR) failure = errno;
    if (count > 0) written += static_cast<std::size_t>(count);
  }
  if (failure == 0 && fsync(file) != 0) failure = errno;
  if (close(file) != 0 && failure == 0) failure = errno;
  if (failure == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) failure = errno;
  if (failure == 0) return {};
  unlink(temporary.c_str());
  return std::unexpected(write_error(path, failure));
}

}  // namespace tollgate::cli
