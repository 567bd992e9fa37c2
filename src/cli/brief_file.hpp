// A brief on disk: its protocol, its answers, the files it names.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "protocol/diagnostic.hpp"
#include "session/brief.hpp"
#include "store/records.hpp"

namespace tollgate::cli {

inline constexpr std::size_t kMaxAttachmentBytes = std::size_t{10} << 20;

struct BriefFile {
  session::Brief brief;
  std::shared_ptr<const protocol::Protocol> protocol;
  base::Sha256 digest;               // of the brief's canonical form
  std::vector<store::Blob> files{};  // contents of `file` answers
};

// `protocol` overrides the one the brief names. Every mistake is a diagnostic with file and line.
std::expected<BriefFile, std::vector<protocol::Diagnostic>> read_brief_file(const std::string& path,
                                                                            const std::string& protocol);

}  // namespace tollgate::cli
