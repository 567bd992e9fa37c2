#include "cli/session_reference.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::cli {
namespace {

using base::ErrorCode;
constexpr std::int64_t kPage = 200;
constexpr int kMaxPages = 500;

bool is_id_text(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'; });
}

}  // namespace

base::Result<base::SessionId> find_session(Workspace& workspace, const std::string& id_or_beginning) {
  const std::string text = base::lower_ascii(base::trim(id_or_beginning));
  if (const auto id = base::SessionId::parse(text)) return *id;
  if (text.size() < 4 || !is_id_text(text)) {
    return base::fail(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' is no session id; `tollgate session list` shows them", base::shortened(id_or_beginning, 60)));
  }
  std::vector<base::SessionId> matches;
  store::SessionFilter filter{.limit = kPage};
  for (int page_number = 0; page_number < kMaxPages; ++page_number) {
    TRY(const auto page, workspace.run(workspace.store().list(filter)));
    for (const auto& row : page.rows) {
      if (row.id.to_string().starts_with(text)) matches.push_back(row.id);
    }
    if (page.next.empty()) break;
    filter.cursor = page.next;
  }
  if (matches.size() == 1) return matches.front();
  if (matches.empty())
    return base::fail(ErrorCode::kNotFound,
                      fmt::format("no session begins with '{}'; `tollgate session list` shows them", text));
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} sessions begin with '{}'; write more of the id", matches.size(), text));
}

}  // namespace tollgate::cli
