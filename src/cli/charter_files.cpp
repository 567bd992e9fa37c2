#include "cli/charter_files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/version.hpp"
#include "engine/charter_printer.hpp"

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

// A file written beside its place under another name; removed unless it is put there.
class Part {
 public:
  explicit Part(std::string path) : path_(std::move(path)) {}
  Part(Part&& other) noexcept : path_(other.path_), pending_(std::exchange(other.pending_, false)) {}
  Part& operator=(Part&&) = delete;
  ~Part() {
    if (pending_) unlink(temporary().c_str());
  }

  // 0 or errno.
  int write(const std::string& content) {
    std::error_code ignored;
    if (fs::is_directory(path_, ignored)) return EISDIR;
    const int file = open(temporary().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return errno;
    pending_ = true;
    std::size_t written = 0;
    int failure = 0;
    while (failure == 0 && written < content.size()) {
      const auto count = ::write(file, content.data() + written, content.size() - written);
      if (count < 0 && errno != EINTR) failure = errno;
      if (count > 0) written += static_cast<std::size_t>(count);
    }
    if (failure == 0 && fsync(file) != 0) failure = errno;
    if (close(file) != 0 && failure == 0) failure = errno;
    return failure;
  }
  // 0 or errno.
  int put_in_place() {
    if (std::rename(temporary().c_str(), path_.c_str()) != 0) return errno;
    pending_ = false;
    return 0;
  }
  const std::string& path() const { return path_; }

 private:
  std::string temporary() const { return path_ + ".part"; }

  std::string path_;
  bool pending_ = false;
};

}  // namespace

base::Result<std::vector<std::string>> write_charter_files(const engine::LoadedSession& loaded,
                                                           const std::string& folder) {
  TRY_STATUS(prepare_folder(folder));
  // All four or none: printed and written aside first, then put in place.
  std::vector<Part> parts;
  for (const char* format : {"md", "html", "pdf", "json"}) {
    TRY(const auto content, engine::print_charter(loaded, *engine::parse_charter_format(format), version()));
    parts.emplace_back((fs::path(folder) / fmt::format("charter.{}", format)).string());
    if (const int code = parts.back().write(content); code != 0)
      return std::unexpected(write_error(parts.back().path(), code));
  }
  std::vector<std::string> paths;
  for (auto& part : parts) {
    if (const int code = part.put_in_place(); code != 0) return std::unexpected(write_error(part.path(), code));
    paths.push_back(part.path());
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
  // Tried, not asked for: permissions do not tell of a disk that is read-only, or of a folder that takes no files.
  if (const int tried = Part((fs::path(folder) / "charter").string()).write(""); tried != 0)
    return base::fail(
        ErrorCode::kInvalidArgument,
        fmt::format("cannot write into {}: {}; choose another folder with --out", folder, std::strerror(tried)));
  return {};
}

base::Status write_file(const std::string& path, const std::string& content) {
  Part part(path);
  int code = part.write(content);
  if (code == 0) code = part.put_in_place();
  if (code != 0) return std::unexpected(write_error(path, code));
  return {};
}

}  // namespace tollgate::cli
